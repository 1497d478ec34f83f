// What the browser test and the screenshots share: starting Chromium, and finding one's way on the sandbox's pages as a
// person does, by the names of tabs and headers.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

// tabs are the workbook's, in the order on the page.
export const tabs = ["Control", "Review", "Try", "Roles", "Seniorities", "Rules", "Examples", "Corrections", "Settings", "Preview", "Runs", "Quality"];

// bound is how long anything may take, in milliseconds: generous, since the machine may be busy.
export const bound = 180_000;

// chromiumPath finds the browser on the PATH.
function chromiumPath() {
  for (const dir of (process.env.PATH || "").split(delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
      try {
        accessSync(join(dir, name), constants.X_OK);
        return join(dir, name);
      } catch {
        // not here
      }
    }
  }
  throw new Error("no chromium on the PATH");
}

export function launch() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
}

// until asks again and again, some times a second, until the answer is true, and gives it back.
export async function until(what, ask) {
  const end = Date.now() + bound;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${bound / 1000} s in vain for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

// Sheet is a person at the spreadsheet.
export class Sheet {
  constructor(page, address) {
    this.page = page;
    this.address = address;
    page.setDefaultTimeout(bound);
    page.on("dialog", dialog => dialog.accept()); // "You are about to edit a protected part": yes
  }

  // open goes to a tab by its name; the page shows no more rows than asked for.
  async open(tab, rows = 20000) {
    if (!this.page.url().startsWith(this.address)) await this.page.goto(this.address);
    const link = this.page.locator("nav a", { hasText: new RegExp(`^${tab}$`) });
    const to = new URL(await link.getAttribute("href"), this.page.url());
    to.searchParams.set("rows", String(rows));
    await this.page.goto(to.href);
    await this.page.locator("#grid").waitFor();
  }

  // rows reads the open tab: one object a row that holds anything, keyed by header, with the row's number on the page as "row".
  rows() {
    return this.page.evaluate(() => {
      const cells = tr => [...tr.querySelectorAll("td")];
      const [head, ...body] = document.querySelectorAll("#grid tbody tr");
      const headers = cells(head).map(td => td.dataset.edit);
      return body.map(tr => {
        const out = { row: +tr.dataset.row };
        cells(tr).forEach((td, i) => {
          const box = td.querySelector("input[type=checkbox]");
          out[headers[i]] = box ? box.checked : td.querySelector(".v").textContent;
        });
        return out;
      }).filter(row => Object.entries(row).some(([key, value]) => key !== "row" && value !== "" && value !== false));
    });
  }

  // row waits until the open tab has a row that fits.
  row(what, fits) {
    return until(what, async () => (await this.rows()).find(fits));
  }

  // cell is the place of a row and a header on the page.
  async cell(row, header) {
    const column = await this.page.evaluate(name => [...document.querySelectorAll('#grid tr[data-row="0"] td')].find(td => td.dataset.edit === name)?.id.split("-")[2], header);
    if (column === undefined) throw new Error(`the tab has no column "${header}"`);
    return this.page.locator(`#c-${row}-${column}`);
  }

  async select(row, header, modifiers = []) {
    const td = await this.cell(row, header);
    await td.evaluate(x => x.scrollIntoView({ block: "center", inline: "center" }));
    await td.click({ modifiers });
    return td;
  }

  // edit does something to the sheet and waits until the page shows the sheet with it.
  async edit(act) {
    const revision = () => this.page.locator("#grid").getAttribute("data-rev");
    const before = await revision();
    await act();
    await until("the sheet has taken the edit", async () => await revision() !== before && await this.page.locator("#state").textContent() === "All changes saved");
  }

  async type(row, header, text) {
    await this.select(row, header);
    await this.page.keyboard.press("Enter");
    await this.page.locator("#editor").fill(text);
    await this.edit(() => this.page.keyboard.press("Enter"));
  }

  // pick opens the dropdown of a cell and chooses from it.
  async pick(row, header, value) {
    const td = await this.select(row, header);
    await td.locator(".caret").click();
    await this.edit(() => this.page.locator(`#choices li[data-value="${value}"]`).click());
  }

  async tick(row, header) {
    const td = await this.cell(row, header);
    await td.evaluate(x => x.scrollIntoView({ block: "center", inline: "center" }));
    await this.edit(() => td.locator("input").click());
  }

  // paste puts a block of texts where the cursor is.
  async paste(block) {
    await this.page.locator("#scroll").focus();
    await this.edit(() => this.page.evaluate(text => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
    }, block.map(line => line.join("\t")).join("\n")));
  }

  // copy takes the selected block as text, as Ctrl+C would.
  async copy() {
    await this.page.locator("#scroll").focus();
    const text = await this.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      dispatchEvent(new ClipboardEvent("copy", { clipboardData }));
      return clipboardData.getData("text/plain");
    });
    return text.split("\n").map(line => line.split("\t"));
  }

  // ask ticks an action on Control and waits until rolecall has taken it and is through with it.
  async ask(action) {
    await this.open("Control");
    const before = await this.row(action, row => row.Action === action);
    await this.tick(before.row, "Request");
    await this.row(`${action}: the tick is taken`, row => row.Action === action && !row.Request);
    return this.row(`${action}: done`, row => row.Action === action && !["", "WAITING", "REQUESTED", "RUNNING"].includes(row.Status));
  }
}

// Portal is a person at HubSpot's pages.
export class Portal {
  constructor(page, address) {
    this.page = page;
    this.address = address;
    page.setDefaultTimeout(bound);
  }

  // list reads the contacts that a search finds, all pages of it.
  async list(search = "") {
    const out = [];
    await this.page.goto(`${this.address}?q=${encodeURIComponent(search)}`);
    for (;;) {
      out.push(...await this.page.evaluate(() => [...document.querySelectorAll("tbody tr")].filter(tr => tr.querySelector("a")).map(tr => {
        const text = i => { const td = tr.children[i]; return td.querySelector(".none") ? "" : td.textContent; };
        return { id: tr.querySelector("a").getAttribute("href").split("/").pop(), title: text(2), role: text(3), seniority: text(4) };
      })));
      const next = this.page.locator("a[rel=next]");
      if (await next.count() === 0) return out;
      await next.click();
      await this.page.waitForLoadState();
    }
  }

  // titled finds the contacts with exactly this title.
  async titled(title) {
    return (await this.list(title)).filter(c => c.title === title);
  }

  // choose sets a contact's role as a HubSpot user does.
  async choose(id, role) {
    await this.page.goto(`${this.address}/${id}`);
    await this.page.locator("select[name=role]").selectOption({ label: role });
    await this.page.getByRole("button", { name: "Save" }).click();
    await this.page.getByText("Saved.").waitFor();
  }

  async roleOf(id) {
    await this.page.goto(`${this.address}/${id}`);
    return this.page.locator("select[name=role] option:checked").textContent();
  }

  // writes counts what programs have written into the portal.
  async writes() {
    const answer = await fetch(new URL("/admin/stats?writes=true", this.address));
    return answer.json();
  }
}
