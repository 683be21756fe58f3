package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Policies live in the mangle table, which a packet passes after kube-proxy chose its endpoint and before the filter
// table, where kube-proxy accepts on its own.
const (
	policyTable = "mangle"
	policyChain = "KUBEMEND-POLICY"
	everyone    = "0.0.0.0/0"
)

type pod struct {
	object
	Spec struct {
		HostNetwork bool `json:"hostNetwork"`
		Containers  []struct {
			Ports []struct {
				Name          string `json:"name"`
				ContainerPort int    `json:"containerPort"`
			} `json:"ports"`
		} `json:"containers"`
	} `json:"spec"`
	Status struct {
		Phase string `json:"phase"`
		PodIP string `json:"podIP"`
	} `json:"status"`
}

type selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []struct {
		Key      string   `json:"key"`
		Operator string   `json:"operator"`
		Values   []string `json:"values"`
	} `json:"matchExpressions"`
}

type peer struct {
	PodSelector       *selector `json:"podSelector"`
	NamespaceSelector *selector `json:"namespaceSelector"`
	IPBlock           *struct {
		CIDR   string   `json:"cidr"`
		Except []string `json:"except"`
	} `json:"ipBlock"`
}

type policyPort struct {
	Protocol string          `json:"protocol"`
	Port     json.RawMessage `json:"port"` // number or name
	EndPort  int             `json:"endPort"`
}

type policyRule struct {
	From  []peer       `json:"from"`
	To    []peer       `json:"to"`
	Ports []policyPort `json:"ports"`
}

type policy struct {
	object
	Spec struct {
		PodSelector selector     `json:"podSelector"`
		PolicyTypes []string     `json:"policyTypes"`
		Ingress     []policyRule `json:"ingress"`
		Egress      []policyRule `json:"egress"`
	} `json:"spec"`
}

// endpoint is an address that policies select: a running pod, or the node's processes.
type endpoint struct {
	namespace string
	address   string
	labels    map[string]string
	ports     map[string]int
}

// policies turns NetworkPolicies (IPv4) into iptables chains, one per selected pod and direction.
type policies struct {
	namespaces *collection[object]
	pods       *collection[pod]
	policies   *collection[policy]
	dns        endpoint
	applied    string
	chains     []string
}

func newPolicies(cluster *api, node, address string) (<-chan struct{}, func() error) {
	changed := make(chan struct{}, 1)
	here := url.Values{"fieldSelector": {"spec.nodeName=" + node + ",status.phase=Running"}}
	p := &policies{
		namespaces: follow[object](cluster, "/api/v1/namespaces", nil, changed),
		pods:       follow[pod](cluster, "/api/v1/pods", here, changed),
		policies:   follow[policy](cluster, "/apis/networking.k8s.io/v1/networkpolicies", nil, changed),
		// CoreDNS is a process of the node here; policies allow it as the pod it would be elsewhere.
		dns: endpoint{
			namespace: "kube-system",
			address:   address,
			labels:    map[string]string{"k8s-app": "kube-dns"},
			ports:     map[string]int{"dns": 53, "dns-tcp": 53},
		},
	}
	return changed, p.reconcile
}

func (p *policies) reconcile() error {
	policies := p.policies.all()
	if len(policies) == 0 && p.applied == "" {
		return nil
	}
	text, chains := p.render(policies)
	if text == p.applied {
		return nil
	}
	var drop strings.Builder
	for _, chain := range p.chains {
		if !slices.Contains(chains, chain) {
			fmt.Fprintf(&drop, ":%s - [0:0]\n-X %s\n", chain, chain)
		}
	}
	restore := exec.Command("iptables-restore", "--noflush", "--wait")
	restore.Stdin = strings.NewReader("*" + policyTable + "\n" + text + drop.String() + "COMMIT\n")
	if output, err := restore.CombinedOutput(); err != nil {
		return fmt.Errorf("iptables-restore: %w: %s", err, bytes.TrimSpace(output))
	}
	for _, hook := range []string{"FORWARD", "INPUT"} {
		if iptables("-C", hook) == nil {
			continue
		}
		if err := iptables("-I", hook); err != nil {
			return err
		}
	}
	p.applied, p.chains = text, chains
	return nil
}

func iptables(operation, hook string) error {
	return exec.Command("iptables", "--wait", "-t", policyTable, operation, hook, "-j", policyChain).Run()
}

func (p *policies) render(policies []policy) (text string, chains []string) {
	endpoints := p.endpoints()
	entry := []string{"-A " + policyChain + " -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN"}
	var bodies []string
	for _, own := range endpoints {
		for _, direction := range []string{"Egress", "Ingress"} {
			selecting := selectingPolicies(policies, own, direction)
			if len(selecting) == 0 {
				continue
			}
			side := map[string]string{"Egress": "-s", "Ingress": "-d"}[direction]
			hash := sha256.Sum256([]byte(direction + own.address))
			chain := "KUBEMEND-" + strings.ToUpper(hex.EncodeToString(hash[:8]))
			chains = append(chains, chain)
			entry = append(entry, fmt.Sprintf("-A %s %s %s/32 -j %s", policyChain, side, own.address, chain))
			for _, match := range p.matches(selecting, own, direction, endpoints) {
				bodies = append(bodies, fmt.Sprintf("-A %s %s -j RETURN", chain, match))
			}
			bodies = append(bodies, fmt.Sprintf("-A %s -j DROP", chain))
		}
	}
	var lines []string
	for _, chain := range append([]string{policyChain}, chains...) {
		lines = append(lines, fmt.Sprintf(":%s - [0:0]", chain))
	}
	lines = slices.Concat(lines, entry, bodies)
	return strings.Join(lines, "\n") + "\n", chains
}

// endpoints are sorted, so that the same state renders the same text.
func (p *policies) endpoints() []endpoint {
	endpoints := []endpoint{p.dns}
	for _, pod := range p.pods.all() {
		if pod.Spec.HostNetwork || pod.Status.PodIP == "" {
			continue
		}
		ports := map[string]int{}
		for _, container := range pod.Spec.Containers {
			for _, port := range container.Ports {
				ports[port.Name] = port.ContainerPort
			}
		}
		endpoints = append(endpoints, endpoint{pod.Metadata.Namespace, pod.Status.PodIP, pod.Metadata.Labels, ports})
	}
	sort.Slice(endpoints, func(a, b int) bool { return endpoints[a].address < endpoints[b].address })
	return endpoints
}

func selectingPolicies(policies []policy, own endpoint, direction string) []policy {
	return slices.DeleteFunc(slices.Clone(policies), func(policy policy) bool {
		types := policy.Spec.PolicyTypes
		if len(types) == 0 {
			types = []string{"Ingress"}
		}
		return policy.Metadata.Namespace != own.namespace || !slices.Contains(types, direction) ||
			!policy.Spec.PodSelector.matches(own.labels)
	})
}

// matches lists what the policies let pass, as iptables matches.
func (p *policies) matches(policies []policy, own endpoint, direction string, endpoints []endpoint) []string {
	var matches []string
	for _, policy := range policies {
		rules, side := policy.Spec.Ingress, "-s"
		if direction == "Egress" {
			rules, side = policy.Spec.Egress, "-d"
		}
		for _, rule := range rules {
			peers := append(rule.From, rule.To...)
			others := p.admitted(peers, own, endpoints)
			if direction == "Egress" && len(peers) == 0 && slices.ContainsFunc(rule.Ports, isNamed) {
				// Everywhere, but at a port that only pods have by this name.
				others = append(others, endpoints...)
			}
			for _, other := range others {
				// A port's name is looked up where the connection ends.
				target := own
				if direction == "Egress" {
					target = other
				}
				for _, port := range portMatches(rule.Ports, target) {
					matches = append(matches, strings.TrimSpace(side+" "+other.address+" "+port))
				}
			}
		}
	}
	sort.Strings(matches)
	return slices.Compact(matches)
}

// admitted are the endpoints a rule names; an address block becomes an endpoint of its own.
func (p *policies) admitted(peers []peer, own endpoint, endpoints []endpoint) []endpoint {
	if len(peers) == 0 {
		return []endpoint{{address: everyone}}
	}
	labels := map[string]map[string]string{}
	for _, namespace := range p.namespaces.all() {
		labels[namespace.Metadata.Name] = namespace.Metadata.Labels
	}
	var admitted []endpoint
	for _, peer := range peers {
		if peer.IPBlock != nil {
			for _, block := range subtract(peer.IPBlock.CIDR, peer.IPBlock.Except) {
				admitted = append(admitted, endpoint{address: block})
			}
			continue
		}
		for _, other := range endpoints {
			inNamespace := other.namespace == own.namespace
			if peer.NamespaceSelector != nil {
				inNamespace = peer.NamespaceSelector.matches(labels[other.namespace])
			}
			if inNamespace && (peer.PodSelector == nil || peer.PodSelector.matches(other.labels)) {
				admitted = append(admitted, other)
			}
		}
	}
	return admitted
}

func isNamed(port policyPort) bool { return bytes.HasPrefix(port.Port, []byte(`"`)) }

func portMatches(ports []policyPort, target endpoint) []string {
	if len(ports) == 0 {
		return []string{""}
	}
	var matches []string
	for _, port := range ports {
		match := "-p tcp"
		if port.Protocol != "" {
			match = "-p " + strings.ToLower(port.Protocol)
		}
		if len(port.Port) > 0 {
			number, _ := strconv.Atoi(string(port.Port))
			if isNamed(port) {
				number = target.ports[strings.Trim(string(port.Port), `"`)]
			}
			if number == 0 {
				continue // The target has no port of this name.
			}
			match += " --dport " + strconv.Itoa(number)
			if port.EndPort != 0 {
				match += ":" + strconv.Itoa(port.EndPort)
			}
		}
		matches = append(matches, match)
	}
	return matches
}

func (s *selector) matches(labels map[string]string) bool {
	for key, value := range s.MatchLabels {
		if actual, present := labels[key]; !present || actual != value {
			return false
		}
	}
	for _, expression := range s.MatchExpressions {
		value, present := labels[expression.Key]
		listed := present && slices.Contains(expression.Values, value)
		holds := map[string]bool{"In": listed, "NotIn": !listed, "Exists": present, "DoesNotExist": !present}
		if !holds[expression.Operator] {
			return false
		}
	}
	return true
}
