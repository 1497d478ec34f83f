// One situation of the loop, as a marketer lives it: node loop.mjs SITUATION SHEET HUBSPOT
// It prints what it saw and ends with a code other than 0 when something was not as promised.
import assert from "node:assert/strict";
import { Portal, Sheet, launch, until } from "./browser.mjs";

// review: answering a question settles every contact with the title.
async function review(sheet, portal) {
  await sheet.open("Review");
  const question = await sheet.row("a question that moves contacts", row => row.Kind === "unsure" && row.Status === "OPEN" && row["Contacts affected"] !== "" && !row["Job title"].includes("  "));
  const title = question["Job title"];
  const role = question["Suggested role"] === "Legal & Compliance" ? "Marketing" : "Legal & Compliance";
  const seniority = question["Suggested seniority"] === "Senior" ? "Manager" : "Senior";
  const begun = Date.now();
  await sheet.pick(question.row, "Correct role", role);
  await sheet.pick(question.row, "Correct seniority", seniority);
  const applied = await sheet.row("the row says APPLIED", row => row["Review ID"] === question["Review ID"] && row.Status === "APPLIED");
  console.log(`answered and applied in ${((Date.now() - begun) / 1000).toFixed(1)} s: ${applied.Message}`);
  assert.equal(applied["Correct role"], role, "what the person picked still stands");

  const contacts = await until("every contact with the title has the labels", async () => {
    const all = await portal.titled(title);
    return all.length > 0 && all.every(c => c.role === role && c.seniority === seniority) && all;
  });
  console.log(`${contacts.length} contacts have the labels`);

  await sheet.open("Corrections");
  const correction = await sheet.row("the correction stands in Corrections", row => row["Job title"] === title && row.Role === role && row.Seniority === seniority);
  assert.equal(correction.Source, "Review");
  assert.equal(correction["Applies to"], "this exact title");
  assert.equal(correction.Active, true);
}

// lesson: an edit in HubSpot is kept and learnt; two that agree teach the title.
async function lesson(sheet, portal) {
  const byTitle = group(await portal.list());
  const [title, contacts] = [...byTitle].filter(([title, all]) => title && all[0].role && all[0].role !== "Legal & Compliance").sort((a, b) => b[1].length - a[1].length)[0];
  assert.ok(contacts.length >= 3, "the sample has a title with three contacts");
  const [first, second, ...rest] = contacts;
  const role = ["Design", "Research", "Consulting"].find(name => contacts.every(c => c.role !== name));

  // learn runs until Corrections has a row that fits: HubSpot tells of an edit only some seconds after it was made.
  const learn = (what, fits) => until(what, async () => {
    await sheet.ask("Run now");
    await sheet.open("Corrections");
    return (await sheet.rows()).find(fits);
  });

  await portal.choose(first.id, role);
  const kept = await learn("the edit stands in Corrections as this contact's", row => row["Contact ID"] === first.id && row["Applies to"] === "this contact");
  assert.equal(kept.Role, role);
  assert.equal(await portal.roleOf(first.id), role, "the person's edit is kept");
  assert.notEqual(await portal.roleOf(rest[0].id), role, "one edit does not change other contacts");

  await portal.choose(second.id, role);
  const learnt = await learn("two that agree have taught the title", row => row["Job title"] === title && row["Applies to"] === "this exact title");
  assert.equal(learnt.Role, role);
  console.log(`learnt from ${learnt.Source} by ${kept.By}: ${learnt.Note}`);
  await until("the other contacts follow", async () => (await portal.titled(title)).every(c => c.role === role));
  assert.equal(await portal.roleOf(first.id), role, "the person's edit is still kept");
}

function group(contacts) {
  const out = new Map();
  for (const c of contacts) out.set(c.title, [...(out.get(c.title) || []), c]);
  return out;
}

// rule: a keyword rule and Run now relabel what the rule fits.
async function rule(sheet, portal) {
  await sheet.open("Corrections");
  const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const corrected = (await sheet.rows()).map(row => fold(row["Job title"])); // people's word is stronger than a rule's
  const word = (await portal.list()).find(c => c.role && c.role !== "Research" && /^[A-Za-z]+ [A-Za-z]+$/.test(c.title) && !corrected.includes(fold(c.title))).title;
  console.log(`the rule is about "${word}"`);
  const before = await portal.titled(word);
  await sheet.open("Rules");
  const rows = await sheet.rows();
  const row = Math.max(...rows.map(r => r.row)) + 1;
  await sheet.type(row, "Priority", "1");
  await sheet.pick(row, "Match", "whole word");
  await sheet.type(row, "Text", word);
  await sheet.pick(row, "Set role", "Research");
  await sheet.row("the new rule has an ID and is in force", r => r.row === row && r["Rule ID"] !== "" && r["Row check"].startsWith("OK"));

  const done = await sheet.ask("Run now");
  console.log(`Control says ${done.Status}: ${done.Result}`);
  assert.equal(done.Status, "DONE");
  assert.match(done.Result, /[1-9]\d* contacts? updated/, "Control says what came of it");

  const after = await until("the contacts have the rule's role", async () => {
    const all = await portal.titled(word);
    return all.every(c => c.role === "Research") && all;
  });
  assert.equal(after.length, before.length);
  await sheet.open("Rules");
  await sheet.row("the rule counts its hits", r => r.row === row && +r["Hits last run"] >= 1);
}

// accident: an emptied Roles tab holds every run, and nothing is written until it is put right.
async function accident(sheet, portal) {
  await sheet.open("Roles");
  const roles = await sheet.rows();
  await sheet.select(roles[0].row, "Role ID");
  await sheet.select(roles.at(-1).row, "Row check", ["Shift"]);
  const block = await sheet.copy();
  assert.equal(block.length, roles.length);
  const before = await portal.writes();
  await sheet.edit(() => sheet.page.getByRole("button", { name: "− Row" }).click());
  await until("the tab is empty", async () => (await sheet.rows()).length === 0);

  const held = await sheet.ask("Run now");
  console.log(`Control says ${held.Status}: ${held.Result}`);
  assert.equal(held.Status, "HELD");
  assert.match(held.Result, /Roles/, "the message names the tab");
  const health = await sheet.row("Health is held too", row => row.Action === "Health" && row.Status === "HELD");
  console.log(`Health says ${health.Result}`);
  assert.equal((await portal.writes()).values_written, before.values_written, "nothing was written into HubSpot");

  await sheet.open("Roles");
  await sheet.select(1, "Role ID");
  await sheet.paste(block);
  await sheet.row("the roles are back in force", row => row["Role ID"] === roles[0]["Role ID"] && row["Row check"] === "OK");
  await sheet.open("Control");
  await sheet.row("Health is no longer held", row => row.Action === "Health" && row.Status !== "HELD");
  const done = await sheet.ask("Run now");
  assert.equal(done.Status, "DONE", done.Result);
  assert.equal((await portal.writes()).values_written, before.values_written, "putting the tab back changed no contact");
}

// tryout: pasted titles get their labels beside them, and a wrong one can be put right on the spot.
async function tryout(sheet) {
  const titles = ["Marketing Manager", "Software Engineer", "Leiterin Personal", "Chief Financial Officer", "xyzzy"];
  await sheet.open("Try");
  await sheet.select(1, "Job title");
  await sheet.paste(titles.map(title => [title]));
  const rows = await until("every title has an answer", async () => {
    const all = (await sheet.rows()).filter(row => titles.includes(row["Job title"]));
    return all.length === titles.length && all.every(row => row.Status !== "") && all;
  });
  for (const row of rows) console.log(`${row["Job title"]}: ${row.Role} / ${row.Seniority} (${row.Status})`);
  assert.equal(rows[0].Role, "Marketing");
  assert.equal(rows[0].Seniority, "Manager");
  assert.ok(rows.every(row => row["Try ID"] !== ""));

  await sheet.pick(rows[4].row, "Correct role", "Product");
  await sheet.row("the pick holds", row => row["Job title"] === "xyzzy" && row.Role === "Product");
  await sheet.open("Corrections");
  await sheet.row("the pick stands in Corrections", row => row["Job title"] === "xyzzy" && row.Role === "Product" && row.Source === "Try");
}

const situations = { review, lesson, rule, accident, tryout };
const [name, sheetAddress, portalAddress] = process.argv.slice(2);
if (!situations[name] || !portalAddress) throw new Error(`usage: node loop.mjs ${Object.keys(situations).join("|")} SHEET HUBSPOT`);

const browser = await launch();
try {
  const window = { viewport: { width: 1600, height: 900 } };
  await situations[name](new Sheet(await browser.newPage(window), sheetAddress), new Portal(await browser.newPage(window), portalAddress));
} finally {
  await browser.close();
}
