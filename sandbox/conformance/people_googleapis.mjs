// Works in rolecall's workbook as people do, through Google's own Node client:
// node people_googleapis.mjs BASE_URL SPREADSHEET_ID '{"role": "...", ...}'
// Columns are found by their headers, rows by what stands in them. What it answered in Review is printed as JSON.
import { google } from 'googleapis'

const [base, spreadsheetId, task] = process.argv.slice(2)
if (!task) {
  console.error('usage: node people_googleapis.mjs BASE_URL SPREADSHEET_ID TASK')
  process.exit(2)
}
const want = JSON.parse(task)
const auth = new google.auth.OAuth2()
auth.setCredentials({ access_token: 'people' })
const { values } = google.sheets({ version: 'v4', auth, rootUrl: base.replace(/\/$/, '') + '/' }).spreadsheets

async function read(tab) {
  const { data } = await values.get({ spreadsheetId, range: `${tab}!A1:Z` })
  const [headers, ...rows] = data.values
  return { headers, rows: rows.map((cells, i) => ({ line: i + 2, get: (header) => cells[headers.indexOf(header)] ?? '' })) }
}

// append types a new row below the table, the cells of other columns left alone.
async function append(tab, cells) {
  const { headers, rows } = await read(tab)
  const line = rows.findLastIndex((row) => headers.some((header) => row.get(header) !== '')) + 3
  await put(tab, headers, line, cells)
}

async function put(tab, headers, line, cells) {
  const data = Object.entries(cells).map(([header, value]) => ({ range: `${tab}!${String.fromCharCode(65 + headers.indexOf(header))}${line}`, values: [[value]] }))
  await values.batchUpdate({ spreadsheetId, requestBody: { valueInputOption: 'USER_ENTERED', data } })
}

await append('Roles', { Role: want.role, Active: true })
await append('Rules', { On: true, Priority: 5, Match: 'whole word', Text: want.ruleText, 'Set role': want.role })
await append('Corrections', { 'Job title': want.title, Role: want.correctRole, Seniority: want.correctSeniority })

const review = await read('Review')
const row = review.rows.find((r) => r.get('Job title') === want.reviewTitle)
await put('Review', review.headers, row.line, { Decision: 'fix', 'Correct role': want.reviewRole, 'Correct seniority': want.reviewSeniority })

const control = await read('Control')
await put('Control', control.headers, control.rows.find((r) => r.get('Action') === 'Run now').line, { Request: true })
console.log(JSON.stringify({ review: row.get('Review ID') }))
