// Drives HubSpot's own Node client against a server: node hubspot.mjs http://127.0.0.1:PORT
// Prints one line for each check and "N passed, N failed"; exits 1 when one failed.
import { Client } from '@hubspot/api-client'
import assert from 'node:assert/strict'

const base = (process.argv[2] ?? '').replace(/\/$/, '')
if (!base) {
  console.error('usage: node hubspot.mjs BASE_URL')
  process.exit(2)
}

const make = (options = {}) => new Client({ accessToken: 'conformance', basePath: base, ...options })
const client = make()
const contacts = client.crm.contacts
const tag = `c${Date.now().toString(36)}`
const role = `${tag}_role`
let passed = 0
let failed = 0

async function check(name, run) {
  try {
    await run()
    passed++
    console.log(`ok   ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}: ${error?.body ? JSON.stringify(error.body) : error?.stack ?? error}`)
  }
}

// refused runs something that must be answered with an error and returns that error.
async function refused(status, run) {
  let answer
  try {
    answer = await run()
  } catch (error) {
    assert.equal(error.code, status, JSON.stringify(error.body ?? String(error)))
    return error.body
  }
  assert.fail(`status ${status} was expected, the answer is ${JSON.stringify(answer).slice(0, 200)}`)
}

async function admin(method, path, body) {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) })
  assert.ok(response.ok, `${method} ${path}: ${response.status}`)
  return response.json()
}

const where = (propertyName, operator, value) => ({ filterGroups: [{ filters: [{ propertyName, operator, value }] }], limit: 100, after: '0', properties: ['jobtitle', 'email'], sorts: ['hs_object_id'] })

// made holds the ids of the contacts that this script creates.
let made = []

await check('create contacts in a batch', async () => {
  const inputs = Array.from({ length: 25 }, (_, i) => ({ properties: { email: `${tag}.${i}@example.com`, firstname: tag, jobtitle: `Head of Conformance ${i}` }, associations: [] }))
  const answer = await contacts.batchApi.create({ inputs })
  made = answer.results.map((r) => r.id)
  assert.equal(made.length, 25)
})

await check('list: one page, its cursor, its dates', async () => {
  const page = await contacts.basicApi.getPage(10, undefined, ['jobtitle', 'email'])
  assert.equal(page.results.length, 10)
  assert.ok(page.paging.next.after)
  assert.ok(page.results[0].createdAt instanceof Date && page.results[0].updatedAt instanceof Date)
})

await check('list: page to the end and see every contact once', async () => {
  const all = await contacts.getAll(100, undefined, ['jobtitle'])
  const ids = new Set(all.map((c) => c.id))
  assert.equal(ids.size, all.length)
  for (const id of made) assert.ok(ids.has(id))
})

await check('list: more than 100 on a page is refused', async () => {
  const body = await refused(400, () => contacts.basicApi.getPage(101))
  assert.equal(body.category, 'VALIDATION_ERROR')
  assert.ok(body.correlationId)
})

await check('read one: by id, by e-mail, with history', async () => {
  const byId = await contacts.basicApi.getById(made[0], ['jobtitle'], ['jobtitle'])
  assert.equal(byId.properties.jobtitle, 'Head of Conformance 0')
  assert.equal(byId.propertiesWithHistory.jobtitle[0].sourceType, 'INTEGRATION')
  const byMail = await contacts.basicApi.getById(`${tag}.0@example.com`, undefined, undefined, undefined, false, 'email')
  assert.equal(byMail.id, made[0])
})

await check('read one: unknown id is a 404', async () => {
  const body = await refused(404, () => contacts.basicApi.getById('999999999999'))
  assert.equal(body.category, 'OBJECT_NOT_FOUND')
})

await check('create: an e-mail address that exists is a 409', async () => {
  const body = await refused(409, () => contacts.basicApi.create({ properties: { email: `${tag}.0@example.com` }, associations: [] }))
  assert.equal(body.category, 'CONFLICT')
})

await check('properties: group, enumeration, second creation is a 409, options are replaced', async () => {
  const properties = client.crm.properties
  await properties.groupsApi.create('contacts', { name: tag, label: `Conformance ${tag}`, displayOrder: -1 })
  const definition = { name: role, label: 'Role', type: 'enumeration', fieldType: 'select', groupName: tag,
    options: [{ label: 'Sales', value: 'sales', displayOrder: 0, hidden: false }, { label: 'Legal', value: 'legal', displayOrder: 1, hidden: false }] }
  const created = await properties.coreApi.create('contacts', definition)
  assert.equal(created.options.length, 2)
  await refused(409, () => properties.coreApi.create('contacts', definition))
  const patched = await properties.coreApi.update('contacts', role, { options: [...definition.options, { label: 'Data', value: 'data', displayOrder: 2, hidden: false }] })
  assert.equal(patched.options.length, 3)
  const all = await properties.coreApi.getAll('contacts')
  assert.ok(all.results.some((p) => p.name === role) && all.results.some((p) => p.name === 'hs_seniority'))
})

await check('update one, and read the history of two writes', async () => {
  await contacts.basicApi.update(made[1], { properties: { [role]: 'sales' } })
  await contacts.basicApi.update(made[1], { properties: { [role]: 'legal' } })
  const got = await contacts.basicApi.getById(made[1], [role], [role])
  assert.deepEqual(got.propertiesWithHistory[role].map((v) => v.value), ['legal', 'sales'])
})

await check('update: an option that does not exist is a 400 that names it', async () => {
  const body = await refused(400, () => contacts.basicApi.update(made[1], { properties: { [role]: 'chef' } }))
  assert.match(body.message, /INVALID_OPTION/)
})

await check('batch update: all good', async () => {
  const answer = await contacts.batchApi.update({ inputs: made.slice(0, 20).map((id) => ({ id, properties: { [role]: 'data' } })) })
  assert.equal(answer.status, 'COMPLETE')
  assert.equal(answer.results.length, 20)
})

await check('batch update: partial failure keeps the good rows', async () => {
  const answer = await contacts.batchApi.update({ inputs: [
    { id: made[2], objectWriteTraceId: 'row-good', properties: { [role]: 'sales' } },
    { id: made[3], objectWriteTraceId: 'row-bad', properties: { [role]: 'chef' } },
    { id: '999999999999', properties: { [role]: 'sales' } }] })
  assert.equal(answer.results.length, 1)
  assert.equal(answer.numErrors, 2)
  assert.deepEqual(answer.errors.map((e) => e.context.objectWriteTraceId?.[0] ?? e.context.ids?.[0]).sort(), ['999999999999', 'row-bad'])
})

await check('batch update: one id twice refuses the batch', async () => {
  await refused(400, () => contacts.batchApi.update({ inputs: [{ id: made[2], properties: { [role]: 'data' } }, { id: made[2], properties: { [role]: 'legal' } }] }))
  const got = await contacts.basicApi.getById(made[2], [role])
  assert.equal(got.properties[role], 'sales')
})

await check('batch update: 101 inputs are refused', async () => {
  await refused(400, () => contacts.batchApi.update({ inputs: Array.from({ length: 101 }, (_, i) => ({ id: String(i + 1), properties: { [role]: 'data' } })) }))
})

await check('batch read: found, missing, with history', async () => {
  const answer = await contacts.batchApi.read({ inputs: [{ id: made[0] }, { id: '999999999999' }], properties: ['jobtitle'], propertiesWithHistory: [role] })
  assert.equal(answer.results.length, 1)
  assert.equal(answer.results[0].propertiesWithHistory[role][0].value, 'data')
  assert.equal(answer.numErrors, 1)
})

await check('batch read: 51 with history are refused', async () => {
  const body = await refused(400, () => contacts.batchApi.read({ inputs: Array.from({ length: 51 }, (_, i) => ({ id: String(i + 1) })), properties: [], propertiesWithHistory: ['jobtitle'] }))
  assert.match(body.message, /property histories is 50/)
})

await check('search: filter, total, paging', async () => {
  const query = { ...where('firstname', 'EQ', tag), limit: 10 }
  let after = '0'
  const seen = new Set()
  do {
    const page = await contacts.searchApi.doSearch({ ...query, after })
    assert.equal(page.total, 25)
    page.results.forEach((r) => seen.add(r.id))
    after = page.paging?.next?.after
  } while (after)
  assert.equal(seen.size, 25)
})

await check('search: beyond 10,000 is a 400', async () => {
  await refused(400, () => contacts.searchApi.doSearch({ ...where('firstname', 'HAS_PROPERTY'), after: '10000' }))
})

await check('search: 201 on a page is a 400', async () => {
  await refused(400, () => contacts.searchApi.doSearch({ ...where('firstname', 'EQ', tag), limit: 201 }))
})

await check('merge: the old id answers as the survivor', async () => {
  await contacts.basicApi.merge({ primaryObjectId: made[10], objectIdToMerge: made[11] })
  const survivor = await contacts.basicApi.getById(made[11], ['hs_merged_object_ids'])
  assert.notEqual(survivor.id, made[11])
  assert.ok(survivor.properties.hs_merged_object_ids.split(';').includes(made[11]))
})

await check('archive and privacy delete', async () => {
  await contacts.basicApi.archive(made[12])
  await refused(404, () => contacts.basicApi.getById(made[12]))
  const kept = await contacts.basicApi.getById(made[12], undefined, undefined, undefined, true)
  assert.equal(kept.archived, true)
  await contacts.basicApi.purge({ objectId: made[13] })
  await refused(404, () => contacts.basicApi.getById(made[13]))
})

await check('search limit: a 429 is tried again until it succeeds', async () => {
  const before = await admin('GET', '/admin/limits')
  await admin('PUT', '/admin/limits', { ...before, search_per_second: 1 })
  try {
    const impatient = make({ numberOfApiCallRetries: 5, limiterOptions: { minTime: 1 } })
    const answers = await Promise.all([0, 1].map(() => impatient.crm.contacts.searchApi.doSearch(where('firstname', 'EQ', tag))))
    assert.ok(answers.every((a) => a.results.length > 0))
    await refused(429, () => Promise.all([0, 1, 2].map(() => make({ limiterOptions: { minTime: 1 } }).crm.contacts.searchApi.doSearch(where('firstname', 'EQ', tag)))))
  } finally {
    await admin('PUT', '/admin/limits', before)
  }
})

await check('burst limit: a 429 of TEN_SECONDLY_ROLLING is tried again', async () => {
  await admin('POST', '/admin/faults', { match: 'GET .*/contacts$', kind: 'status', status: 429 })
  const patient = make({ numberOfApiCallRetries: 2 })
  const page = await patient.crm.contacts.basicApi.getPage(5)
  assert.equal(page.results.length, 5)
})

await check('a 502 is tried again', async () => {
  await admin('POST', '/admin/faults', { match: 'GET .*/contacts$', kind: 'status', status: 502 })
  const page = await make({ numberOfApiCallRetries: 2 }).crm.contacts.basicApi.getPage(5)
  assert.equal(page.results.length, 5)
})

await check('no token is a 401', async () => {
  const body = await refused(401, () => new Client({ basePath: base }).crm.contacts.basicApi.getPage(1))
  assert.equal(body.category, 'INVALID_AUTHENTICATION')
})

await check('OAuth: refresh gives a token that works', async () => {
  const token = await client.oauth.tokensApi.create('refresh_token', undefined, undefined, 'sandbox-client', 'sandbox-secret', 'sandbox-refresh')
  assert.ok(token.accessToken && token.expiresIn > 0)
  const page = await make({ accessToken: token.accessToken }).crm.contacts.basicApi.getPage(1)
  assert.equal(page.results.length, 1)
})

await check('account details', async () => {
  const response = await client.apiRequest({ path: '/account-info/v3/details' })
  const details = await response.json()
  assert.ok(details.portalId > 0 && details.accountType)
})

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
