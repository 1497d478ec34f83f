// Takes the pictures of docs/img: node screenshots.mjs SHEET HUBSPOT STATUS DIRECTORY
// SHEET, HUBSPOT and STATUS are the addresses that "rolecall demo" prints. First it does what a marketer does in the first ten
// minutes, so that the tabs have something to show.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Portal, Sheet, launch, tabs } from "./browser.mjs";

const [sheetAddress, portalAddress, status, directory] = process.argv.slice(2);
if (!directory) throw new Error("usage: node screenshots.mjs SHEET HUBSPOT STATUS DIRECTORY");
await mkdir(directory, { recursive: true });

const browser = await launch();
// A window of 1600 pixels, as people have, in a picture of 1280.
const page = await browser.newPage({ viewport: { width: 1600, height: 900 }, deviceScaleFactor: 0.8 });
const sheet = new Sheet(page, sheetAddress), portal = new Portal(page, portalAddress);

async function shoot(name) {
  await page.mouse.move(2, 2);
  await page.screenshot({ path: join(directory, name + ".png"), animations: "disabled" });
  console.log(name);
}

await sheet.open("Try");
await sheet.select(1, "Job title");
await sheet.paste(["Head of Demand Generation", "Sr. Software Engineer", "Leiterin Personal", "Responsable des achats", "CFO & Co-Founder", "Growth Wizard", "Werkstudent Controlling", "Chief Happiness Officer"].map(title => [title]));
await sheet.row("Try answers", row => row.Status !== "" && row["Job title"] === "Chief Happiness Officer");

await portal.page.goto(portalAddress);
const engineer = (await portal.list("Engineer")).find(c => c.role === "Engineering");
await portal.choose(engineer.id, "Information Technology");

await sheet.open("Review");
const open = (await sheet.rows()).filter(row => row.Status === "OPEN" && row["Suggested role"] && row["Suggested seniority"]);
await sheet.pick(open[0].row, "Decision", "accept");
await sheet.pick(open[1].row, "Correct role", open[1]["Suggested role"]);
await sheet.pick(open[1].row, "Correct seniority", open[1]["Suggested seniority"]);
await sheet.pick(open[2].row, "Decision", "skip");
await sheet.row("the answers are applied", row => row["Review ID"] === open[1]["Review ID"] && row.Status === "APPLIED");
await sheet.pick(open[3].row, "Decision", "fix"); // and nothing picked beside it
await sheet.row("a half-made answer waits", row => row["Review ID"] === open[3]["Review ID"] && row.Status === "WAITING");
await sheet.open("Rules");
const rule = Math.max(...(await sheet.rows()).map(row => row.row)) + 1;
await sheet.type(rule, "Priority", "5");
await sheet.pick(rule, "Match", "whole word");
await sheet.type(rule, "Text", "sales engineer | presales | solutions engineer");
await sheet.pick(rule, "Set role", "Engineering");
await sheet.type(rule, "Note", "Our sales engineers report to Engineering.");
await sheet.row("the rule is in force", row => row.row === rule && row["Row check"] === "OK");
await sheet.ask("Preview");
await sheet.open("Preview", 200);
await shoot("sheet-preview");
await page.goto(new URL("/plan", status).href);
await shoot("plan");
await sheet.ask("Run now");

for (const tab of tabs.filter(name => name !== "Preview")) {
  await sheet.open(tab, 200);
  await shoot("sheet-" + tab.toLowerCase());
}
await page.goto(portalAddress);
await shoot("contacts");
await page.goto(`${portalAddress}/${engineer.id}`);
await shoot("contact");
for (const [name, path] of [["overview", "/"], ["runs", "/runs"], ["why", "/why?q=Gerente"], ["quality", "/quality"], ["queue", "/queue"], ["about", "/about"]]) {
  await page.goto(new URL(path, status).href);
  await shoot(name);
}
await browser.close();
