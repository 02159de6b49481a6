// A server of node, and clients that keep their connections.
const http = require('node:http');
const [, , what, port] = process.argv;
if (what === 'serve') {
  http.createServer((request, response) => response.end('ok\n')).listen(Number(port), '127.0.0.1');
} else {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  let left = 2000;
  const next = () => {
    if (left-- <= 0) return;
    http.get({ host: '127.0.0.1', port: Number(port), agent }, response => {
      response.resume();
      response.on('end', () => setTimeout(next, 10));
    });
  };
  for (let i = 0; i < 12; i++) next();
  setTimeout(() => process.exit(0), 8000);
}
