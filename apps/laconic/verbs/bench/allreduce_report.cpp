#include "apps/laconic/verbs/bench/allreduce_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace laconic {

double AllreduceReport::effective_bytes_per_s(const AllreduceResult& result) const {
  return 8.0 * static_cast<double>(n) * (ranks - 1) / ranks / result.sum_s;
}

const AllreduceResult* AllreduceReport::fastest_dense() const {
  const AllreduceResult* fastest = nullptr;
  for (const AllreduceResult& result : results)
    if (!result.is_sparse && (fastest == nullptr || result.sum_s < fastest->sum_s))
      fastest = &result;
  return fastest;
}

std::string AllreduceReport::table() const {
  const AllreduceResult* dense = fastest_dense();
  std::string text = fmt::format(
      "{} elements, {} selected, {} ranks, data {}, indices {}, values {}\n"
      "{:27} {:>13} {:>8} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>9}\n",
      n, k, ranks, data, codec, values, "", "collective s", "x dense", "step s", "x dense",
      "select s", "commit s", "sent MB", "recvd MB", "messages", "eff. MB/s");
  for (const AllreduceResult& result : results) {
    const auto ratio = [&](double dense_s, double s) {
      return dense == nullptr ? std::string("-") : fmt::format("{:.2f}", dense_s / s);
    };
    const auto counted = [&](double number, int digits) {
      return result.counts_bytes ? fmt::format("{:.{}f}", number, digits) : std::string("-");
    };
    const auto phase = [&](double s) {
      return result.is_sparse ? fmt::format("{:.3f}", s) : std::string("-");
    };
    text += fmt::format(
        "{:27} {:>13.4f} {:>8} {:>9.4f} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>9.1f}\n",
        result.name, result.sum_s, ratio(dense ? dense->sum_s : 0, result.sum_s), result.step_s,
        ratio(dense ? dense->step_s : 0, result.step_s), phase(result.select_s),
        phase(result.commit_s), counted(1e-6 * static_cast<double>(result.bytes_sent), 3),
        counted(1e-6 * static_cast<double>(result.bytes_received), 3),
        counted(static_cast<double>(result.messages_sent), 0),
        1e-6 * effective_bytes_per_s(result));
  }
  if (dense != nullptr) text += fmt::format("fastest dense: {}\n", dense->name);
  return text;
}

nlohmann::json AllreduceReport::json() const {
  const AllreduceResult* dense = fastest_dense();
  nlohmann::json out = {{"n", n},       {"k", k},         {"ranks", ranks},
                        {"data", data}, {"codec", codec}, {"values", values}};
  if (link)
    out["link"] = {{"latency_s", link->latency_s},
                   {"seconds_per_byte", link->seconds_per_byte},
                   {"select_seconds_per_element", link->select_seconds_per_element}};
  if (dense != nullptr) out["fastest_dense"] = dense->name;
  for (const AllreduceResult& result : results) {
    nlohmann::json entry = {{"name", result.name},
                            {"sparse", result.is_sparse},
                            {"collective_s", result.sum_s},
                            {"fastest_collective_s", result.fastest_sum_s},
                            {"step_s", result.step_s},
                            {"fastest_step_s", result.fastest_step_s},
                            {"collective_cpu_s", result.sum_cpu_s},
                            {"effective_bytes_per_s", effective_bytes_per_s(result)}};
    if (result.is_sparse)
      entry.update({{"select_s", result.select_s},
                    {"select_cpu_s", result.select_cpu_s},
                    {"agree_s", result.agree_s},
                    {"commit_s", result.commit_s},
                    {"commit_cpu_s", result.commit_cpu_s}});
    if (result.counts_bytes)
      entry.update({{"bytes_sent", result.bytes_sent},
                    {"bytes_received", result.bytes_received},
                    {"messages_sent", result.messages_sent}});
    if (dense != nullptr)
      entry.update({{"collective_over_dense", dense->sum_s / result.sum_s},
                    {"step_over_dense", dense->step_s / result.step_s}});
    out["results"].push_back(entry);
  }
  return out;
}

std::string AllreduceReport::machine_file() const {
  return fmt::format(
      "# Written by laconic bench allreduce on {} ranks, {} elements.\n"
      "latency_s: {:.4g}\n"
      "seconds_per_byte: {:.4g}\n"
      "select_seconds_per_element: {:.4g}\n",
      ranks, n, link->latency_s, link->seconds_per_byte, link->select_seconds_per_element);
}

}  // namespace laconic
