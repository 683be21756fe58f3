/**
 * Stands for the proxy libraries of the Kubernetes client in the bundle (90 kB): kubemend connects itself, and hands the
 * client no proxy.
 */
function unused(): never {
  throw new Error('kubemend makes its own connections');
}

export { unused as HttpProxyAgent, unused as HttpsProxyAgent, unused as SocksClient, unused as SocksProxyAgent };
