/**
 * Stands for the proxy libraries of the Kubernetes client in the bundle (90 kB): kubemend connects itself, and hands the
 * client no proxy.
 */
class Unused {
  constructor() {
    throw new Error('kubemend makes its own connections');
  }
}

export { Unused as HttpProxyAgent, Unused as HttpsProxyAgent, Unused as SocksClient, Unused as SocksProxyAgent };
