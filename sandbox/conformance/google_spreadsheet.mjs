// Drives the npm library google-spreadsheet against a server: node google_spreadsheet.mjs http://127.0.0.1:PORT
// Its address is fixed in its code, so fetch is led to the sandbox here.
// Prints one line for each check and "N passed, N failed"; exits 1 when one failed.
import assert from 'node:assert/strict'

const base = (process.argv[2] ?? '').replace(/\/$/, '')
if (!base) {
  console.error('usage: node google_spreadsheet.mjs BASE_URL')
  process.exit(2)
}
const real = globalThis.fetch
globalThis.fetch = (input, init) => {
  const lead = (url) => url.replace('https://sheets.googleapis.com', base)
  return input instanceof Request ? real(new Request(lead(input.url), input), init) : real(lead(String(input)), init)
}
const { GoogleSpreadsheet } = await import('google-spreadsheet')

let passed = 0
let failed = 0
async function check(name, run) {
  try {
    await run()
    passed++
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}: ${error?.stack ?? error}`)
  }
}

const made = await (await real(`${base}/v4/spreadsheets`, { method: 'POST', headers: { Authorization: 'Bearer conformance' }, body: '{"properties":{"title":"Library"}}' })).json()
const doc = new GoogleSpreadsheet(made.spreadsheetId, { token: 'conformance' })
let sheet

await check('load a document', async () => {
  await doc.loadInfo()
  assert.equal(doc.title, 'Library')
  assert.equal(doc.sheetCount, 1)
})
await check('add a sheet with a header row', async () => {
  sheet = await doc.addSheet({ title: 'My Rules', headerValues: ['Rule', 'Text', 'Role'] })
  await sheet.loadHeaderRow()
  assert.deepEqual(sheet.headerValues, ['Rule', 'Text', 'Role'])
})
await check('add and read rows, in pages', async () => {
  await sheet.addRows(Array.from({ length: 25 }, (_, i) => ({ Rule: `R-${i}`, Text: `word ${i}`, Role: 'Sales' })))
  await sheet.addRow({ Rule: 'R-last', Text: 'growth', Role: 'Marketing' })
  const seen = []
  for (let offset = 0; ; offset += 10) {
    const page = await sheet.getRows({ offset, limit: 10 })
    if (!page.length) break
    seen.push(...page.map((r) => r.get('Rule')))
  }
  assert.equal(seen.length, 26)
  assert.equal(seen[25], 'R-last')
})
await check('change and delete a row', async () => {
  const rows = await sheet.getRows({ limit: 2 })
  rows[0].set('Role', 'Marketing')
  await rows[0].save()
  await rows[1].delete()
  const again = await sheet.getRows({ limit: 2 })
  assert.deepEqual([again[0].get('Role'), again[1].get('Rule')], ['Marketing', 'R-2'])
})
await check('load, change and save single cells', async () => {
  await sheet.loadCells('A1:C3')
  assert.equal(sheet.getCell(1, 1).value, 'word 0')
  const cell = sheet.getCellByA1('C3')
  cell.value = 'Finance'
  cell.note = 'checked'
  cell.textFormat = { bold: true }
  await sheet.saveUpdatedCells()
  await sheet.loadCells('C3')
  assert.equal(sheet.getCellByA1('C3').value, 'Finance')
  assert.equal(sheet.getCellByA1('C3').note, 'checked')
  assert.equal(sheet.getCellByA1('C3').effectiveFormat.textFormat.bold, true)
})
await check('rename and resize', async () => {
  await sheet.updateProperties({ title: 'Renamed' })
  await sheet.resize({ rowCount: 50, columnCount: 10 })
  await doc.loadInfo()
  assert.equal(doc.sheetsByTitle.Renamed.rowCount, 50)
})
await check('an unknown document is refused', async () => {
  await assert.rejects(new GoogleSpreadsheet('no-such-file', { token: 'conformance' }).loadInfo(), /404|not found/i)
})
await check('delete a sheet', async () => {
  await sheet.delete()
  assert.equal(doc.sheetCount, 1)
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
