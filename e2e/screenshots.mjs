// Takes the pictures of docs/img: node screenshots.mjs SHEET HUBSPOT STATUS DIRECTORY
// SHEET, HUBSPOT and STATUS are the three addresses that "rolecall demo" prints.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { launch, openTab, tabs } from "./browser.mjs";

const [sheet, hubspot, status, directory] = process.argv.slice(2);
if (!directory) throw new Error("usage: node screenshots.mjs SHEET HUBSPOT STATUS DIRECTORY");
await mkdir(directory, { recursive: true });

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });

async function shoot(name, options = {}) {
  await page.screenshot({ path: join(directory, name + ".png"), animations: "disabled", ...options });
  console.log(name);
}

for (const tab of tabs) {
  await openTab(page, sheet, tab);
  await shoot("sheet-" + tab.toLowerCase());
}

await page.goto(hubspot);
await shoot("hubspot-contacts");
await page.click("tbody tr:nth-child(3) a");
await shoot("hubspot-contact");

for (const [name, path] of [["overview", "/"], ["runs", "/runs"], ["plan", "/plan"], ["why", "/why"], ["quality", "/quality"], ["queue", "/queue"], ["about", "/about"]]) {
  await page.goto(new URL(path, status).href);
  await shoot("status-" + name);
}
await browser.close();
