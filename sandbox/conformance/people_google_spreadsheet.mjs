// Works in rolecall's workbook as people do, through the npm library google-spreadsheet, which knows rows by their headers:
// node people_google_spreadsheet.mjs BASE_URL SPREADSHEET_ID '{"role": "...", ...}'
// Its address is fixed in its code, so fetch is led to the sandbox here. What it answered in Review is printed as JSON.
const [address, spreadsheetId, task] = process.argv.slice(2)
if (!task) {
  console.error('usage: node people_google_spreadsheet.mjs BASE_URL SPREADSHEET_ID TASK')
  process.exit(2)
}
const want = JSON.parse(task)
const real = globalThis.fetch
globalThis.fetch = (input, init) => {
  const lead = (url) => url.replace('https://sheets.googleapis.com', address.replace(/\/$/, ''))
  return input instanceof Request ? real(new Request(lead(input.url), input), init) : real(lead(String(input)), init)
}
const { GoogleSpreadsheet } = await import('google-spreadsheet')

const workbook = new GoogleSpreadsheet(spreadsheetId, { token: 'people' })
await workbook.loadInfo()
const tab = (title) => workbook.sheetsByTitle[title]

await tab('Roles').addRow({ Role: want.role, Active: true })
await tab('Rules').addRow({ On: true, Priority: 5, Match: 'whole word', Text: want.ruleText, 'Set role': want.role })
await tab('Corrections').addRow({ 'Job title': want.title, Role: want.correctRole, Seniority: want.correctSeniority })

// Saving a row would write its other cells back too, ours among them; a person changes single cells.
async function put(title, row, cells) {
  const sheet = tab(title)
  await sheet.loadCells({ startRowIndex: row.rowNumber - 1, endRowIndex: row.rowNumber })
  for (const [header, value] of Object.entries(cells)) {
    sheet.getCell(row.rowNumber - 1, sheet.headerValues.indexOf(header)).value = value
  }
  await sheet.saveUpdatedCells()
}

const row = (await tab('Review').getRows()).find((r) => r.get('Job title') === want.reviewTitle)
await put('Review', row, { Decision: 'fix', 'Correct role': want.reviewRole, 'Correct seniority': want.reviewSeniority })
await put('Control', (await tab('Control').getRows()).find((r) => r.get('Action') === 'Run now'), { Request: true })
console.log(JSON.stringify({ review: row.get('Review ID') }))
