#pragma once
namespace laconic::comm {
struct LinkCost {
  double latency_s = 50e-6;
  double seconds_per_byte = 0.8e-9;
};
}  // namespace laconic::comm
