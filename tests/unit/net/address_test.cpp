// SPDX-License-Identifier: BSD-3-Clause
#include "net/address.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "net/socket_address.h"

namespace sessmirror::net {
namespace {

TEST(Address, ReadsBothFamilies) {
    EXPECT_EQ(parse_ip("10.1.2.3")->size, 4);
    EXPECT_EQ(parse_ip("::1")->size, 16);
    EXPECT_EQ(parse_ip("2001:db8::1"), parse_ip("2001:0db8:0:0:0:0:0:1"));
    EXPECT_NE(parse_ip("10.1.2.3"), parse_ip("10.1.2.4"));
}

TEST(Address, KeepsMappedAddressesAsIpv4) {
    EXPECT_EQ(parse_ip("::ffff:10.1.2.3"), parse_ip("10.1.2.3"));
}

TEST(Address, RefusesWhatIsNotNumeric) {
    for (const std::string& text :
         {std::string(), std::string("localhost"), std::string("10.1.2"), std::string("[::1]"),
          std::string("10.1.2.3.4"), std::string("10.1.2.3\0", 9), std::string(300, '1'),
          std::string("fe80::1%no-such-interface"), std::string("1.2.3.4%lo")})
        EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(Address, KnowsLoopback) {
    EXPECT_TRUE(parse_ip("127.0.0.1")->is_loopback());
    EXPECT_TRUE(parse_ip("127.9.9.9")->is_loopback());
    EXPECT_TRUE(parse_ip("::1")->is_loopback());
    EXPECT_TRUE(parse_ip("::ffff:127.0.0.1")->is_loopback());
    EXPECT_FALSE(parse_ip("128.0.0.1")->is_loopback());
    EXPECT_FALSE(parse_ip("::2")->is_loopback());
    EXPECT_FALSE(IpAddress{}.is_loopback());
}

TEST(Address, ListsTheInterfacesOfThisHost) {
    const auto addresses = interface_addresses();
    EXPECT_TRUE(std::any_of(addresses.begin(), addresses.end(),
                            [](const IpAddress& address) { return address.is_loopback(); }));
}

TEST(Address, SocketPathsThatDoNotFitAreRefusedNotCut) {
    EXPECT_TRUE(to_socket_address(std::string(107, 'p')));
    EXPECT_FALSE(to_socket_address(std::string(108, 'p')));
    EXPECT_FALSE(to_socket_address(""));
}

}  // namespace
}  // namespace sessmirror::net
