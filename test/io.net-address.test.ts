// Which addresses are of the public internet: the ranges one by one, and against Node's own parser and lists.

import { test } from "node:test";
import assert from "node:assert/strict";
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { notPublic } from "../src/io/net-address.ts";

const ADDRESSES: readonly (readonly [address: string, expected: string | undefined])[] = [
  ["192.0.32.10", undefined],
  ["1.1.1.1", undefined],
  ["223.255.255.255", undefined],
  ["9.255.255.255", undefined],
  ["11.0.0.0", undefined],
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["10.0.0.0", "private"],
  ["10.255.255.255", "private"],
  ["100.63.255.255", undefined],
  ["100.64.0.0", "carrier-grade NAT"],
  ["100.127.255.255", "carrier-grade NAT"],
  ["100.128.0.0", undefined],
  ["127.0.0.1", "loopback"],
  ["127.255.255.255", "loopback"],
  ["169.254.169.254", "link-local"],
  ["172.15.255.255", undefined],
  ["172.16.0.0", "private"],
  ["172.31.255.255", "private"],
  ["172.32.0.0", undefined],
  ["192.0.0.170", "reserved"],
  ["192.0.2.1", "documentation"],
  ["192.88.99.1", "a 6to4 relay"],
  ["192.168.1.1", "private"],
  ["198.17.255.255", undefined],
  ["198.18.0.0", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["198.51.100.1", "documentation"],
  ["203.0.113.1", "documentation"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["2606:4700::1111", undefined],
  ["2a00:1450:4001::200e", undefined],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["::127.0.0.1", "reserved"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::ffff:10.1.2.3", "private"],
  ["::ffff:192.0.32.10", undefined],
  ["::ffff:0:127.0.0.1", "reserved"],
  ["64:ff9b::127.0.0.1", "loopback"],
  ["64:ff9b::a00:1", "private"],
  ["64:ff9b::192.0.32.10", undefined],
  ["64:ff9b:1::192.0.32.10", "reserved"],
  ["2002:7f00:1::", "loopback"],
  ["2002:c0a8:101::1", "private"],
  ["2002:c000:200a::1", undefined],
  ["2001::1", "reserved for protocols"],
  ["2001:1ff:ffff::", "reserved for protocols"],
  ["2001:200::1", undefined],
  ["2001:db8::1", "documentation"],
  ["2001:db9::1", undefined],
  ["3fff:fff::1", "documentation"],
  ["3fff:1000::1", undefined],
  ["100::1", "reserved"],
  ["1fff::1", "reserved"],
  ["4000::1", "reserved"],
  ["5f00::1", "reserved"],
  ["fc00::1", "private"],
  ["fdff::1", "private"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["FE80::1", "link-local"],
  ["fe80::1%eth0", "no address"],
  ["", "no address"],
  ["localhost", "no address"],
  ["127.1", "no address"],
  ["0177.0.0.1", "no address"],
  ["256.0.0.1", "no address"],
  ["1.2.3.4.5", "no address"],
  [" 1.1.1.1", "no address"],
  ["1.1.1.1\n", "no address"],
  [":::", "no address"],
  ["1::2::3", "no address"],
  ["1:2:3:4:5:6:7:8:9", "no address"],
  ["1:2:3:4:5:6:7::8", "no address"],
  ["12345::", "no address"],
  ["::1.2.3.4:5", "no address"],
];

test("each range has its name", async (t) => {
  for (const [address, expected] of ADDRESSES) await t.test(address, () => assert.equal(notPublic(address), expected));
});

test("an address is what Node takes for one", () => {
  const anything = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom(..."0123456789abf:.") }));
  fc.assert(fc.property(anything, (text) => assert.equal(notPublic(text) === "no address", isIP(text) === 0, text)));
});

test("IPv6 addresses agree with Node's own lists", () => {
  const list = new BlockList();
  list.addSubnet("2000::", 3, "ipv6");
  const special = new BlockList();
  for (const [network, bits] of [
    ["2001::", 23],
    ["2001:db8::", 32],
    ["3fff::", 20],
    ["2002::", 16],
  ] as const)
    special.addSubnet(network, bits, "ipv6");
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const isPublic = list.check(text, "ipv6") && !special.check(text, "ipv6");
      if (isPublic) assert.equal(notPublic(text), undefined);
      else if (!special.check(text, "ipv6") && !/^(?:::ffff|64:ff9b)/i.test(text))
        assert.notEqual(notPublic(text), undefined);
    }),
  );
});
