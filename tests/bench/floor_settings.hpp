// SPDX-License-Identifier: GPL-2.0-only
// What bare ns-3 programs need to do the same work as our network: the same TCP settings, by ns-3's own
// means.
#pragma once

#include <ns3/boolean.h>
#include <ns3/config.h>
#include <ns3/double.h>
#include <ns3/nstime.h>
#include <ns3/string.h>
#include <ns3/type-id.h>
#include <ns3/uinteger.h>

#include "sim/net/ns3_settings.hpp"

namespace mailroom::bench {

inline void set_tcp(double max_segment_lifetime_s) {
  using namespace ns3;
  const net::TcpSettings& tcp = net::kTcp;
  const auto socket = [](const char* name, const AttributeValue& value) {
    Config::SetDefault(std::string("ns3::TcpSocket::") + name, value);
  };
  socket("SegmentSize", UintegerValue(tcp.segment_size));
  socket("InitialCwnd", UintegerValue(tcp.initial_window_segments));
  socket("DelAckCount", UintegerValue(tcp.delayed_ack_segments));
  socket("DelAckTimeout", TimeValue(NanoSeconds(tcp.delayed_ack_timeout_ns)));
  socket("SndBufSize", UintegerValue(tcp.send_buffer_bytes));
  socket("RcvBufSize", UintegerValue(tcp.receive_buffer_bytes));
  socket("ConnTimeout", TimeValue(NanoSeconds(tcp.connect_timeout_ns)));
  socket("ConnCount", UintegerValue(tcp.syn_tries));
  socket("DataRetries", UintegerValue(tcp.data_retries));
  socket("TcpNoDelay", BooleanValue(!tcp.nagle));
  Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(NanoSeconds(tcp.min_rto_ns)));
  Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(max_segment_lifetime_s));
  Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(tcp.selective_ack));
  Config::SetDefault("ns3::TcpSocketBase::WindowScaling", BooleanValue(tcp.window_scaling));
  Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(tcp.timestamps));
  Config::SetDefault("ns3::TcpL4Protocol::SocketType",
                     TypeIdValue(TypeId::LookupByName(tcp.congestion_control)));
  Config::SetDefault("ns3::TcpL4Protocol::RecoveryType", TypeIdValue(TypeId::LookupByName(tcp.recovery)));
}

}  // namespace mailroom::bench
