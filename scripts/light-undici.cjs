/**
 * Stands for undici in the bundle: the dispatchers that kubemend uses. Its index loads fetch, WebSocket, caches and
 * mocks too, which costs 10 ms at the first question; few need a proxy (undici 8.12).
 */
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Dispatcher.prototype.request = require('undici/lib/api/api-request.js');
exports.Agent = require('undici/lib/dispatcher/agent.js');
Object.defineProperty(exports, 'ProxyAgent', {
  enumerable: true,
  get: () => require('undici/lib/dispatcher/proxy-agent.js'),
});
