// Drives Google's own Node client against a server: node googleapis.mjs http://127.0.0.1:PORT
// Prints one line for each check and "N passed, N failed"; exits 1 when one failed.
import { google } from 'googleapis'
import assert from 'node:assert/strict'
import { createSign, generateKeyPairSync } from 'node:crypto'

const base = (process.argv[2] ?? '').replace(/\/$/, '')
if (!base) {
  console.error('usage: node googleapis.mjs BASE_URL')
  process.exit(2)
}
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
async function refused(status, words, run) {
  try {
    await run()
  } catch (error) {
    assert.equal(error.status ?? Number(error.code), status, error.message)
    assert.match(error.message, words)
    return
  }
  assert.fail(`status ${status} was expected`)
}

// A service account with a key of its own: the sandbox's token endpoint answers its signed assertion.
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const token = await (async () => {
  const encode = (o) => Buffer.from(JSON.stringify(o)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'conformance@example.iam.gserviceaccount.com', scope: 'https://www.googleapis.com/auth/spreadsheets', aud: `${base}/token`, iat: now, exp: now + 3600 }
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const assertion = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey).toString('base64url')}`
  const answer = await fetch(`${base}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }) })
  return answer.json()
})()
const bearer = new google.auth.OAuth2('id', 'secret', 'http://127.0.0.1/back')
bearer.setCredentials({ access_token: token.access_token, expiry_date: Date.now() + token.expires_in * 1000 })
const sheets = google.sheets({ version: 'v4', rootUrl: `${base}/`, auth: bearer, retry: false })

let id
const batch = (requests, more = {}) => sheets.spreadsheets.batchUpdate({ spreadsheetId: id, requestBody: { requests, ...more } })
const values = async (range, more = {}) => (await sheets.spreadsheets.values.get({ spreadsheetId: id, range, ...more })).data.values

await check('the token endpoint answers a signed assertion', () => {
  assert.equal(token.token_type, 'Bearer')
  assert.ok(token.expires_in > 3000)
})
await check('create a spreadsheet with tabs', async () => {
  const { data } = await sheets.spreadsheets.create({
    requestBody: { properties: { title: 'Conformance' }, sheets: [{ properties: { sheetId: 101, title: 'Roles' } }, { properties: { sheetId: 102, title: 'Review queue' } }] },
  })
  id = data.spreadsheetId
  assert.deepEqual(data.sheets.map((s) => s.properties.title), ['Roles', 'Review queue'])
})
await check('write and read values, typed and raw', async () => {
  await sheets.spreadsheets.values.update({ spreadsheetId: id, range: 'Roles!A1', valueInputOption: 'USER_ENTERED', requestBody: { values: [['=4/2', '2020-01-01', '12%', 'text', true, '']] } })
  await sheets.spreadsheets.values.update({ spreadsheetId: id, range: 'Roles!A2', valueInputOption: 'RAW', requestBody: { values: [['=4/2', '2020-01-01', '12%']] } })
  assert.deepEqual(await values('Roles!A1:F2'), [['2', '2020-01-01', '12%', 'text', 'TRUE'], ['=4/2', '2020-01-01', '12%']])
  assert.deepEqual(await values('Roles!A1:F1', { valueRenderOption: 'UNFORMATTED_VALUE', dateTimeRenderOption: 'SERIAL_NUMBER' }), [[2, 43831, 0.12, 'text', true]])
  assert.deepEqual(await values('Roles!A1', { valueRenderOption: 'FORMULA' }), [['=4/2']])
})
await check('read several ranges at once, by columns', async () => {
  const { data } = await sheets.spreadsheets.values.batchGet({ spreadsheetId: id, ranges: ['Roles!A:A', "'Review queue'!A1:B2"], majorDimension: 'COLUMNS' })
  assert.deepEqual(data.valueRanges.map((v) => v.range), ['Roles!A1:A1000', "'Review queue'!A1:B2"])
  assert.deepEqual(data.valueRanges[0].values, [['2', '=4/2']])
  assert.equal(data.valueRanges[1].values, undefined)
})
await check('append rows below the table', async () => {
  const rows = Array.from({ length: 250 }, (_, i) => [`row ${i}`, i])
  const { data } = await sheets.spreadsheets.values.append({ spreadsheetId: id, range: "'Review queue'!A1", valueInputOption: 'RAW', requestBody: { values: rows } })
  assert.equal(data.updates.updatedRange, "'Review queue'!A1:B250")
  const more = await sheets.spreadsheets.values.append({ spreadsheetId: id, range: "'Review queue'!A1", valueInputOption: 'RAW', insertDataOption: 'INSERT_ROWS', requestBody: { values: [['last', 1]] } })
  assert.equal(more.data.tableRange, "'Review queue'!A1:B250")
})
await check('page through rows', async () => {
  const seen = []
  for (let from = 1; from <= 251; from += 100) seen.push(...((await values(`'Review queue'!A${from}:A${from + 99}`)) ?? []))
  assert.equal(seen.length, 251)
  assert.equal(new Set(seen.map((r) => r[0])).size, 251)
})
await check('batchUpdate: cells, validation, formats, protection, metadata, with the state after it', async () => {
  const { data } = await batch(
    [
      { updateCells: { start: { sheetId: 101, rowIndex: 4, columnIndex: 1 }, fields: 'userEnteredValue,note', rows: [{ values: [{ userEnteredValue: { stringValue: 'Marketing' }, note: 'hello' }] }] } },
      { setDataValidation: { range: { sheetId: 102, startRowIndex: 0, endRowIndex: 300, startColumnIndex: 2, endColumnIndex: 3 }, rule: { condition: { type: 'ONE_OF_RANGE', values: [{ userEnteredValue: '=Roles!$B$2:$B' }] }, strict: true, showCustomUi: true } } },
      { addConditionalFormatRule: { index: 0, rule: { ranges: [{ sheetId: 102 }], booleanRule: { condition: { type: 'CUSTOM_FORMULA', values: [{ userEnteredValue: '=$A1="last"' }] }, format: { backgroundColor: { red: 1 } } } } } },
      { addProtectedRange: { protectedRange: { range: { sheetId: 102, startColumnIndex: 0, endColumnIndex: 2 }, warningOnly: true, description: 'ours' } } },
      { createDeveloperMetadata: { developerMetadata: { metadataKey: 'col', metadataValue: 'Review/Decision', visibility: 'DOCUMENT', location: { dimensionRange: { sheetId: 102, dimension: 'COLUMNS', startIndex: 2, endIndex: 3 } } } } },
      { addFilterView: { filter: { title: 'To do', range: { sheetId: 102, startRowIndex: 0, endRowIndex: 251, startColumnIndex: 0, endColumnIndex: 3 } } } },
    ],
    { includeSpreadsheetInResponse: true, responseRanges: ['Roles!B5'], responseIncludeGridData: true },
  )
  assert.equal(data.replies.length, 6)
  assert.deepEqual(data.replies[0], {})
  assert.ok(data.replies[3].addProtectedRange.protectedRange.protectedRangeId > 0)
  const cell = data.updatedSpreadsheet.sheets[0].data[0].rowData[0].values[0]
  assert.equal(cell.formattedValue, 'Marketing')
  assert.equal(cell.note, 'hello')
})
await check('metadata follows an inserted column; data filters find it', async () => {
  await batch([{ insertDimension: { range: { sheetId: 102, dimension: 'COLUMNS', startIndex: 0, endIndex: 1 } } }])
  const dataFilters = [{ developerMetadataLookup: { metadataKey: 'col', metadataValue: 'Review/Decision' } }, { gridRange: { sheetId: 102, startRowIndex: 0, endRowIndex: 2, startColumnIndex: 1, endColumnIndex: 2 } }]
  await sheets.spreadsheets.values.batchUpdateByDataFilter({ spreadsheetId: id, requestBody: { valueInputOption: 'RAW', data: [{ dataFilter: dataFilters[0], majorDimension: 'COLUMNS', values: [['Decision', 'accept']] }] } })
  const { data } = await sheets.spreadsheets.values.batchGetByDataFilter({ spreadsheetId: id, requestBody: { dataFilters } })
  assert.match(data.valueRanges[0].valueRange.range, /^'Review queue'!D1:D/)
  assert.deepEqual(data.valueRanges[0].valueRange.values, [['Decision'], ['accept']])
  assert.deepEqual(data.valueRanges[1].valueRange.values, [['row 0'], ['row 1']])
  const found = await sheets.spreadsheets.developerMetadata.search({ spreadsheetId: id, requestBody: { dataFilters: [dataFilters[0]] } })
  assert.equal(found.data.matchedDeveloperMetadata[0].developerMetadata.location.dimensionRange.startIndex, 3)
})
await check('sort a range; rename a tab; field masks', async () => {
  await batch([
    { sortRange: { range: { sheetId: 102, startRowIndex: 0, endRowIndex: 250, startColumnIndex: 1, endColumnIndex: 3 }, sortSpecs: [{ dimensionIndex: 2, sortOrder: 'DESCENDING' }] } },
    { updateSheetProperties: { properties: { sheetId: 102, title: 'To review', gridProperties: { frozenRowCount: 1 } }, fields: 'title,gridProperties.frozenRowCount' } },
  ])
  assert.deepEqual(await values("'To review'!B1:D2"), [['row 249', '249', 'Decision'], ['row 248', '248', 'accept']])
  const { data } = await sheets.spreadsheets.get({ spreadsheetId: id, fields: 'sheets(properties(sheetId,title))' })
  assert.deepEqual(data, { sheets: [{ properties: { sheetId: 101, title: 'Roles' } }, { properties: { sheetId: 102, title: 'To review' } }] })
})
await check('a batch with one bad request changes nothing', async () => {
  await refused(400, /Invalid requests\[1\]\.deleteSheet: No grid with id: 7/, () => batch([{ addSheet: { properties: { title: 'Never' } } }, { deleteSheet: { sheetId: 7 } }]))
  const { data } = await sheets.spreadsheets.get({ spreadsheetId: id })
  assert.equal(data.sheets.length, 2)
})
await check('documented errors', async () => {
  await refused(404, /Requested entity was not found/, () => sheets.spreadsheets.get({ spreadsheetId: 'no-such-file' }))
  await refused(400, /Unable to parse range: Nope!A1/, () => values('Nope!A1'))
  await refused(400, /valueInputOption/, () => sheets.spreadsheets.values.update({ spreadsheetId: id, range: 'Roles!A1', requestBody: { values: [[1]] } }))
  await refused(400, /exceeds grid limits/, () => values('Roles!A5000'))
  await refused(400, /Unknown name "colour"/, () => batch([{ addSheet: { properties: { colour: 'red' } } }]))
  await refused(401, /authentication credential/, () => google.sheets({ version: 'v4', rootUrl: `${base}/`, retry: false }).spreadsheets.get({ spreadsheetId: id }))
})
await check('clear values, delete a tab', async () => {
  await sheets.spreadsheets.values.batchClear({ spreadsheetId: id, requestBody: { ranges: ['Roles!A1:F2'] } })
  assert.equal(await values('Roles!A1:F2'), undefined)
  await batch([{ deleteSheet: { sheetId: 102 } }])
  await refused(400, /You can't remove all the visible sheets/, () => batch([{ deleteSheet: { sheetId: 101 } }]))
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
