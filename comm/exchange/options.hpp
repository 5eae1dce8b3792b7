// The keys of the group `comm` that an exchange reads: how it sums, and over which link.
#pragma once

#include <string>

#include "comm/base/link.hpp"
#include "comm/exchange/list.hpp"
#include "framework/config/checks.hpp"
#include "framework/config/field.hpp"

namespace laconic::comm {

// The link that `dense` and `auto_dense` choose by. Defaults: TCP on 10 Gbit/s Ethernet.
struct LinkOptions {
  double alpha_us = 30;
  double beta_ns_per_byte = 0.8;
  double gamma_ns_per_element = usual_element_ns;
  std::string machine =
      {};  // path of a file (comm/base/machine.hpp) whose values replace these three; "": none
  void describe(config::Fields& f);
};

// A slow link between the ranks of one host (comm.link), to which a run is slowed down. Results stay
// the same; `dense`, auto_dense and `plan` reckon with these numbers.
struct SlowLink {
  double mbit = 0;        // Mbit/s each way; 0: no limit
  double latency_us = 0;  // of each message
  bool is_set() const { return mbit > 0 || latency_us > 0; }
  // Replaces latency and bandwidth of `link` if this is set.
  Link over(Link link) const;
  std::string text() const;  // "100 Mbit/s each way, 200 us latency"
  void describe(config::Fields& f);
};

struct ExchangeOptions : config::Options {
  AllreduceChoice allreduce{"dense", allreduce_list()};
  bool overlap = true;
  double timeout = 600;  // seconds
  LinkOptions link = {};
  SlowLink slow_link = {};
  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
};

}  // namespace laconic::comm
