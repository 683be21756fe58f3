package main

import "net/netip"

// subtract splits an address block into the blocks that remain without the exceptions.
func subtract(block string, exceptions []string) []string {
	whole, err := netip.ParsePrefix(block)
	if err != nil {
		return nil
	}
	remaining := []netip.Prefix{whole.Masked()}
	for _, text := range exceptions {
		if exception, err := netip.ParsePrefix(text); err == nil {
			remaining = without(remaining, exception.Masked())
		}
	}
	var blocks []string
	for _, prefix := range remaining {
		blocks = append(blocks, prefix.String())
	}
	return blocks
}

func without(blocks []netip.Prefix, exception netip.Prefix) []netip.Prefix {
	var remaining []netip.Prefix
	for _, block := range blocks {
		switch {
		case !block.Overlaps(exception):
			remaining = append(remaining, block)
		case block.Bits() < exception.Bits():
			lower, upper := halves(block)
			remaining = append(remaining, without([]netip.Prefix{lower, upper}, exception)...)
		}
	}
	return remaining
}

func halves(block netip.Prefix) (lower, upper netip.Prefix) {
	bits := block.Bits() + 1
	bytes := block.Addr().AsSlice()
	bytes[(bits-1)/8] |= 0x80 >> ((bits - 1) % 8)
	second, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(block.Addr(), bits), netip.PrefixFrom(second, bits)
}
