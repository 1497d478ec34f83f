"use strict";
// The grid of a spreadsheet: selecting, editing, and keeping up with what others change.
// The server renders every cell; this file swaps the cells that differ and sends edits.
(() => {
  const scroll = document.getElementById("scroll");
  const content = document.getElementById("content");
  const state = document.getElementById("state");
  const bubble = document.getElementById("bubble");
  const id = document.body.dataset.id;
  let cur = { r: 0, c: 0 }, far = { r: 0, c: 0 }; // the selection's corners
  let editor = null, choices = null, dragging = false, busy = 0;
  const agreed = new Set(); // locks that the person has said yes to

  const grid = () => document.getElementById("grid");
  const cell = (r, c) => document.getElementById(`c-${r}-${c}`);
  const place = td => { const [, r, c] = td.id.split("-"); return { r: +r, c: +c }; };
  const letters = c => { let s = ""; for (c++; c > 0; c = Math.floor((c - 1) / 26)) s = String.fromCharCode(65 + (c - 1) % 26) + s; return s; };
  const a1 = (r, c) => letters(c) + (r + 1);
  const box = () => ({ r0: Math.min(cur.r, far.r), r1: Math.max(cur.r, far.r), c0: Math.min(cur.c, far.c), c1: Math.max(cur.c, far.c) });

  // picked lists the selected rows that are visible, in the order on the page: a filter view hides and reorders rows,
  // and what is hidden must not be touched.
  function picked() {
    const trs = [...grid().querySelectorAll("tbody tr")].map(tr => +tr.dataset.row);
    const i = trs.indexOf(cur.r), j = trs.indexOf(far.r);
    return trs.slice(Math.min(i, j), Math.max(i, j) + 1);
  }

  // runs groups row numbers into spans without a gap, the last one first.
  function runs(rows) {
    const out = [];
    for (const r of [...rows].sort((a, b) => a - b)) {
      if (out.length && out[0][1] === r - 1) out[0][1] = r;
      else out.unshift([r, r]);
    }
    return out;
  }

  // Frozen rows and columns stick where the rows before them end. Sizes are read first and written afterwards, so that
  // the browser lays the page out once.
  function freeze() {
    const table = grid().querySelector("table"), cols = +table.dataset.frozenCols;
    const lefts = {};
    if (cols) for (const head of table.tHead.rows[0].cells) lefts[head.dataset.col] = head.offsetLeft + "px";
    let top = table.tHead.offsetHeight;
    const tops = [...table.querySelectorAll("tr.frozen")].map(tr => { const at = top; top += tr.offsetHeight; return [tr, at]; });
    const charts = [...grid().querySelectorAll(".chart")].map(fig => { const td = document.getElementById(fig.dataset.anchor); return [fig, td && [td.offsetLeft, td.offsetTop]]; });
    tops.forEach(([tr, at], i) => {
      for (const td of tr.children) td.style.top = at + "px";
      tr.classList.toggle("last", i === tops.length - 1);
    });
    for (const td of table.querySelectorAll("td.fc")) {
      const c = place(td).c;
      td.style.left = lefts[c];
      if (c === cols - 1) td.classList.add("last");
    }
    for (const [fig, at] of charts) if (at) { fig.style.left = at[0] + "px"; fig.style.top = at[1] + "px"; }
  }

  function mark() {
    for (const x of grid().querySelectorAll(".sel,.cur,th.on")) x.classList.remove("sel", "cur", "on");
    const b = box();
    if (b.r0 !== b.r1 || b.c0 !== b.c1)
      for (const r of picked()) for (let c = b.c0; c <= b.c1; c++) cell(r, c)?.classList.add("sel");
    const td = cell(cur.r, cur.c);
    td?.classList.add("cur");
    for (let c = b.c0; c <= b.c1; c++) grid().querySelector(`thead th[data-col="${c}"]`)?.classList.add("on");
    for (const r of picked()) grid().querySelector(`tr[data-row="${r}"] > th`)?.classList.add("on");
    document.getElementById("name").textContent = a1(b.r0, b.c0) + (b.r0 !== b.r1 || b.c0 !== b.c1 ? ":" + a1(b.r1, b.c1) : "");
    if (document.activeElement !== content) content.value = td ? td.dataset.edit : "";
  }

  function select(r, c, extend) {
    if (!cell(r, c)) return;
    far = { r, c };
    if (!extend) cur = { r, c };
    mark();
    cell(r, c).scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // step moves to the next visible cell in a direction.
  function step(dr, dc, extend) {
    const from = extend ? far : cur;
    const td = cell(from.r, from.c);
    if (!td) return;
    if (dc) { for (let c = from.c + dc; c >= 0 && c < 500; c += dc) if (cell(from.r, c)) return select(from.r, c, extend); return; }
    let tr = td.parentElement;
    while ((tr = dr > 0 ? tr.nextElementSibling : tr.previousElementSibling)) {
      const r = +tr.dataset.row;
      if (cell(r, from.c)) return select(r, from.c, extend);
    }
  }

  function toast(text) {
    const t = document.getElementById("toast");
    t.textContent = text;
    t.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { t.hidden = true; }, 6000);
  }

  // allowed asks once before a protected part is changed.
  function allowed(b) {
    for (let r = b.r0; r <= b.r1; r++) for (let c = b.c0; c <= b.c1; c++) {
      const lock = cell(r, c)?.dataset.lock;
      if (!lock || agreed.has(lock)) continue;
      if (!confirm(`Heads up!\n\n${lock}\n\nYou are about to edit a protected part of this sheet. Edit anyway?`)) return false;
      agreed.add(lock);
    }
    return true;
  }

  async function send(edit) {
    busy++;
    state.textContent = "Saving…";
    try {
      const answer = await fetch(`${id}/edit`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify([edit].flat().map(e => ({ tab: grid().dataset.tab, ...e }))) });
      if (!answer.ok) toast((await answer.json()).message || "The edit was refused.");
      state.textContent = answer.ok ? "All changes saved" : "Not saved";
    } catch {
      state.textContent = "The sandbox does not answer";
    }
    busy--;
    await refresh(true);
  }

  const insert = () => { const b = box(), n = picked().length; return send({ kind: "insert-rows", range: `${b.r0 + 1}:${b.r0 + n}` }); };
  const remove = () => send(runs(picked()).map(([from, to]) => ({ kind: "delete-rows", range: `${from + 1}:${to + 1}` })));
  const empty = () => { const b = box(); if (allowed(b)) send(runs(picked()).map(([from, to]) => ({ kind: "clear", range: `${a1(from, b.c0)}:${a1(to, b.c1)}` }))); };

  function sort(descending) {
    const b = box();
    if (b.r0 === b.r1) { // a single cell: every row below the frozen ones, whole
      b.r0 = +grid().querySelector("table").dataset.frozen;
      const trs = [...grid().querySelectorAll("tbody tr")].filter(tr => [...tr.querySelectorAll("td")].some(td => td.dataset.edit));
      if (!trs.length) return;
      b.r1 = Math.max(...trs.map(tr => +tr.dataset.row));
      b.c0 = 0;
      b.c1 = grid().querySelectorAll("col").length - 2;
    }
    send({ kind: "sort", range: `${a1(b.r0, b.c0)}:${a1(b.r1, b.c1)}`, column: letters(cur.c), descending });
  }

  function fill() {
    const b = box(), [first, ...rest] = picked();
    if (!rest.length || !allowed(b)) return;
    if (runs([first, ...rest]).length === 1 && first === b.r0) return send({ kind: "fill-down", range: `${a1(b.r0, b.c0)}:${a1(b.r1, b.c1)}` });
    const cols = [];
    for (let c = b.c0; c <= b.c1; c++) if (cell(first, c)) cols.push(c);
    send(rest.flatMap(r => cols.map(c => ({ kind: "set", range: a1(r, c), value: cell(first, c).dataset.edit }))));
  }

  // Editing happens in a text area that floats over the cell, so that a refresh underneath disturbs nothing.
  function edit(text) {
    const td = cell(cur.r, cur.c);
    if (!td || !allowed({ r0: cur.r, r1: cur.r, c0: cur.c, c1: cur.c })) return;
    close();
    if (td.querySelector("input[type=checkbox]") && text === undefined) return tick(td);
    editor = document.createElement("textarea");
    editor.id = "editor";
    editor.rows = 1;
    editor.spellcheck = false;
    editor.value = text === undefined ? td.dataset.edit : text;
    editor.dataset.r = cur.r;
    editor.dataset.c = cur.c;
    grid().append(editor);
    float();
    editor.focus();
    editor.setSelectionRange(editor.value.length, editor.value.length);
    editor.addEventListener("input", () => { float(); content.value = editor.value; if (choices) offer(editor.value); });
    if (td.dataset.list) offer(text || "");
  }

  function float() {
    if (!editor) return;
    const td = cell(editor.dataset.r, editor.dataset.c);
    if (!td) return;
    editor.style.left = td.offsetLeft - 1 + "px";
    editor.style.top = td.offsetTop - 1 + "px";
    editor.style.width = Math.max(td.offsetWidth + 2, Math.min(480, 16 + 7.2 * editor.value.length)) + "px";
    editor.style.height = "auto";
    editor.style.height = Math.max(td.offsetHeight + 2, editor.scrollHeight + 4) + "px";
    if (choices) { choices.style.left = td.offsetLeft + "px"; choices.style.top = td.offsetTop + td.offsetHeight + 4 + "px"; }
  }

  function offer(typed) {
    const td = cell(editor.dataset.r, editor.dataset.c);
    const list = document.getElementById("list-" + (td.dataset.list - 1));
    if (!choices) {
      choices = document.createElement("ul");
      choices.id = "choices";
      grid().append(choices);
      choices.addEventListener("mousedown", e => {
        e.preventDefault();
        const li = e.target.closest("li");
        if (li && li.dataset.value !== undefined) { editor.value = li.dataset.value; commit(1, 0); }
      });
    }
    const all = [...(list ? list.children : [])].map(o => o.value);
    const fits = all.filter(v => v.toLowerCase().includes(typed.toLowerCase()));
    choices.replaceChildren(...(fits.length ? fits : all).map(v => {
      const li = document.createElement("li");
      li.textContent = v;
      li.dataset.value = v;
      if (v === td.dataset.edit) li.className = "on";
      return li;
    }));
    if (!all.length) { const li = document.createElement("li"); li.className = "none"; li.textContent = "No values in the list yet"; choices.append(li); }
    float();
  }

  function close() {
    editor?.remove();
    choices?.remove();
    editor = choices = null;
    scroll.focus({ preventScroll: true });
  }

  function commit(dr, dc) {
    if (!editor) return;
    const r = +editor.dataset.r, c = +editor.dataset.c, value = editor.value;
    const old = cell(r, c)?.dataset.edit;
    close();
    if (value !== old) {
      const td = cell(r, c), v = td?.querySelector(".v");
      if (v) v.textContent = value; // shown at once, put right by the answer
      send({ kind: "set", range: a1(r, c), value });
    }
    if (dr || dc) step(dr, dc);
  }

  function tick(td) {
    const p = place(td), on = td.querySelector("input").checked;
    send({ kind: on ? "untick" : "tick", range: a1(p.r, p.c) });
  }

  // refresh fetches the grid when its revision has moved on, and swaps what differs.
  let running = false, again = false;
  async function refresh(now) {
    if (busy && !now) return;
    if (running) { again = again || now === true; return; }
    running = true;
    try {
      const g = grid();
      const answer = await fetch(`${id}/grid?gid=${g.dataset.gid}&fv=${g.dataset.view}&rows=${scroll.dataset.rows || 200}&rev=${g.dataset.rev}`);
      if (answer.status === 200) swap(await answer.text());
      if (!busy && state.textContent.startsWith("The sandbox")) state.textContent = "All changes saved";
    } catch {
      state.textContent = "The sandbox does not answer";
    }
    running = false;
    if (again) { again = false; await refresh(true); }
  }

  function swap(html) {
    const next = new DOMParser().parseFromString(html, "text/html").getElementById("grid");
    const old = grid();
    if (next.dataset.shape !== old.dataset.shape || next.querySelector(".chart")) {
      const top = scroll.scrollTop, left = scroll.scrollLeft;
      if (editor) next.append(editor);
      if (choices) next.append(choices);
      old.replaceWith(next);
      scroll.scrollTop = top;
      scroll.scrollLeft = left;
      if (editor) editor.focus();
    } else {
      const was = old.querySelectorAll("td");
      next.querySelectorAll("td").forEach((td, i) => {
        const before = was[i];
        if (before.dataset.edit === td.dataset.edit && before.innerHTML === td.innerHTML && before.dataset.look === look(td) && before.dataset.note === td.dataset.note && before.dataset.list === td.dataset.list) return;
        const changed = before.dataset.edit !== td.dataset.edit;
        td.dataset.look = look(td);
        if (changed) td.classList.add("fresh");
        before.replaceWith(td);
      });
      old.querySelectorAll("datalist").forEach(d => d.remove());
      next.querySelectorAll("datalist").forEach(d => old.append(d));
      for (const k of ["rev", "tab"]) old.dataset[k] = next.dataset[k];
    }
    remember();
    freeze();
    mark();
    float();
  }

  const look = td => td.className.replace(/\b(sel|cur|fresh|last)\b/g, "").trim() + "|" + (td.getAttribute("style") || "").replace(/(top|left):[^;]*;?/g, "").trim();
  const remember = () => grid().querySelectorAll("td:not([data-look])").forEach(td => { td.dataset.look = look(td); });

  scroll.tabIndex = 0;
  scroll.addEventListener("mousedown", e => {
    const td = e.target.closest("td");
    if (!td || e.target === editor || e.button !== 0) return;
    if (editor) commit(0, 0);
    const p = place(td);
    select(p.r, p.c, e.shiftKey);
    dragging = true;
    if (e.target.matches("input[type=checkbox]")) return;
    e.preventDefault();
    scroll.focus({ preventScroll: true });
    if (e.target.closest(".caret")) { dragging = false; edit(); }
  });
  scroll.addEventListener("mouseover", e => {
    const td = e.target.closest("td");
    if (td && dragging && e.buttons === 1) { const p = place(td); select(p.r, p.c, true); }
    bubble.hidden = !(td && td.dataset.note);
    if (!bubble.hidden) {
      const b = td.getBoundingClientRect();
      bubble.textContent = td.dataset.note;
      bubble.style.left = Math.min(b.right + 6, innerWidth - 310) + "px";
      bubble.style.top = Math.min(b.top, innerHeight - 80) + "px";
    }
  });
  scroll.addEventListener("mouseleave", () => { bubble.hidden = true; });
  addEventListener("mouseup", () => { dragging = false; });
  scroll.addEventListener("click", e => {
    const th = e.target.closest("tbody th");
    if (th) { cur = { r: +th.parentElement.dataset.row, c: 0 }; far = { r: cur.r, c: grid().querySelectorAll("col").length - 2 }; mark(); }
    if (e.target.matches("input[type=checkbox]")) {
      e.preventDefault();
      const td = e.target.closest("td"), p = place(td);
      if (allowed({ r0: p.r, r1: p.r, c0: p.c, c1: p.c })) send({ kind: e.target.defaultChecked ? "untick" : "tick", range: a1(p.r, p.c) });
    }
    const more = e.target.closest(".more a");
    if (more) { e.preventDefault(); scroll.dataset.rows = more.dataset.rows; grid().dataset.rev = "-1"; refresh(true); }
  });
  scroll.addEventListener("dblclick", e => { if (e.target.closest("td") && !e.target.matches("input")) edit(); });

  scroll.addEventListener("keydown", e => {
    if (editor) {
      if (e.key === "Enter" && !e.altKey) { e.preventDefault(); commit(e.shiftKey ? -1 : 1, 0); }
      else if (e.key === "Tab") { e.preventDefault(); commit(0, e.shiftKey ? -1 : 1); }
      else if (e.key === "Escape") { close(); mark(); }
      return;
    }
    const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (arrows[e.key]) { e.preventDefault(); step(...arrows[e.key], e.shiftKey); }
    else if (e.key === "Tab") { e.preventDefault(); step(0, e.shiftKey ? -1 : 1); }
    else if (e.key === "Enter" || e.key === "F2") { e.preventDefault(); edit(); }
    else if (e.key === " " && cell(cur.r, cur.c)?.querySelector("input")) { e.preventDefault(); tick(cell(cur.r, cur.c)); }
    else if (e.key === "Delete" || e.key === "Backspace") { e.preventDefault(); empty(); }
    else if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "d") { e.preventDefault(); fill(); }
    else if (e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); edit(e.key); }
  });

  addEventListener("copy", e => {
    if (editor || document.activeElement !== scroll) return;
    const b = box(), rows = [];
    for (const r of picked()) { const row = []; for (let c = b.c0; c <= b.c1; c++) row.push((cell(r, c)?.dataset.edit || "").replace(/[\t\n]/g, " ")); rows.push(row.join("\t")); }
    e.clipboardData.setData("text/plain", rows.join("\n"));
    e.preventDefault();
  });
  addEventListener("paste", e => {
    if (editor || document.activeElement !== scroll) return;
    e.preventDefault();
    const values = e.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "").split("\n").map(l => l.split("\t"));
    const b = box(), end = { r0: b.r0, c0: b.c0, r1: b.r0 + values.length - 1, c1: b.c0 + Math.max(...values.map(v => v.length)) - 1 };
    if (allowed(end)) send({ kind: "paste", range: a1(b.r0, b.c0), values });
  });

  content.addEventListener("keydown", e => {
    if (e.key === "Escape") { mark(); scroll.focus(); }
    if (e.key !== "Enter") return;
    e.preventDefault();
    const value = content.value;
    scroll.focus();
    if (allowed({ r0: cur.r, r1: cur.r, c0: cur.c, c1: cur.c })) send({ kind: "set", range: a1(cur.r, cur.c), value });
  });
  document.querySelector(".tools").addEventListener("click", e => {
    const what = e.target.dataset.do;
    if (what === "sort-up") sort(false);
    if (what === "sort-down") sort(true);
    if (what === "insert") insert();
    if (what === "delete") remove();
    if (what === "fill") fill();
  });
  document.getElementById("view").addEventListener("change", e => { location.search = `?gid=${grid().dataset.gid}&fv=${e.target.value}`; });

  document.querySelector("nav a.on").addEventListener("dblclick", async () => {
    const title = prompt("Name of the tab", grid().dataset.tab);
    if (title && title !== grid().dataset.tab) { await send({ kind: "rename-tab", value: title }); location.reload(); }
  });

  scroll.dataset.rows = new URLSearchParams(location.search).get("rows") || 200;
  remember();
  freeze();
  mark();
  addEventListener("resize", () => { freeze(); float(); });
  setInterval(() => refresh(false), 2000);
})();
