/**
 * Stands for undici in the bundle: the dispatchers that kubemend uses. Its index loads fetch, WebSocket, caches and
 * mocks too, which costs 10 ms at the first question (undici 8.12).
 */
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
exports.Agent = require('undici/lib/dispatcher/agent.js');
exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
