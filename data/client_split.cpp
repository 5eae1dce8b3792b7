#include "data/client_split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"
#include "framework/base/random.hpp"
#include "framework/config/checks.hpp"

namespace laconic::data {

void ClientOptions::describe(config::Fields& f) {
  f.integer("count", count, {.min = 1, .max = 1 << 24, .help = "number of clients"})
      .also_called({"num_clients", "n_clients"});
  f.choice(
      "split", split,
      {{"iid", ClientSplit::iid},
       {"by_class", ClientSplit::by_class},
       {"dirichlet", ClientSplit::dirichlet},
       {"shuffle_pct", ClientSplit::shuffle_pct},
       {"file", ClientSplit::file}},
      "how samples are divided: iid = at random; by_class = in the order of their labels; "
      "dirichlet = the clients' shares of each class are drawn; shuffle_pct = by class, then a "
      "part of each client's samples is dealt anew; file = as a file lists");
  f.real("alpha", alpha,
         {.min = 0,
          .exclusive_min = true,
          .help = "concentration of the shares; small = a client has few classes"})
      .only_when("split", {"dirichlet"});
  f.real("shuffle", shuffle,
         {.min = 0, .max = 1, .help = "the part that is dealt anew; 1 = as good as iid"})
      .only_when("split", {"shuffle_pct"});
  f.path("file", file, "text with the client of each sample, from 0, one per line (.txt, .gz)")
      .only_when("split", {"file"});
}

void ClientOptions::check(const config::Checks& checks) const {
  if (split == ClientSplit::file && file.empty())
    checks.refuse("file", "is empty, but data.clients.split: file needs one");
}

namespace {

using Parts = std::vector<std::vector<int32_t>>;

// Cuts `order` into consecutive pieces whose sizes differ by at most one.
Parts cut(const std::vector<int32_t>& order, int64_t count) {
  Parts parts(count);
  const auto n = static_cast<int64_t>(order.size());
  for (int64_t i = 0; i < count; ++i)
    parts[i].assign(order.begin() + n * i / count, order.begin() + n * (i + 1) / count);
  return parts;
}

void deal_anew(Parts& parts, double share, uint64_t seed) {
  std::vector<int32_t> pool;
  const Random random(seed, Stream::client_split, 1);
  for (size_t i = 0; i < parts.size(); ++i) {
    Random(seed, Stream::client_split, 2, static_cast<uint32_t>(i)).shuffle(parts[i]);
    const auto given = std::llround(share * static_cast<double>(parts[i].size()));
    pool.insert(pool.end(), parts[i].begin(), parts[i].begin() + given);
  }
  random.shuffle(pool);
  auto next = pool.begin();
  for (std::vector<int32_t>& part : parts) {
    const auto given = std::llround(share * static_cast<double>(part.size()));
    std::copy_n(next, given, part.begin());
    next += given;
  }
}

// Returns the logarithm of a sample of Gamma(alpha, 1), `draw` of the generator (Marsaglia, Tsang,
// 2000). With small alpha most samples are smaller than any double.
double log_gamma(const Random& random, uint64_t draw, double alpha) {
  constexpr uint64_t tries = 1 << 10;
  const uint64_t first = draw * 4 * tries;
  const double less =  // Gamma(a + 1) U^(1/a)
      alpha < 1 ? std::log(1 - random.uniform(first + 3)) / alpha : 0;
  const double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (uint64_t at = first; at < first + 4 * tries; at += 4) {
    const double z = random.normal(at), v = std::pow(1 + c * z, 3);
    if (v > 0 && std::log(1 - random.uniform(at + 1)) < 0.5 * z * z + d * (1 - v + std::log(v)))
      return less + std::log(d * v);
  }
  return less + std::log(d);
}

Parts dirichlet(const std::vector<int32_t>& order, const std::vector<int32_t>& labels,
                int64_t count, double alpha, uint64_t seed) {
  Parts parts(count);
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const int32_t c = labels[order[begin]];
    while (end < order.size() && labels[order[end]] == c) ++end;
    std::vector<int32_t> of_class(order.begin() + begin, order.begin() + end);
    const Random random(seed, Stream::client_split, 3, static_cast<uint32_t>(c));
    random.shuffle(of_class);
    std::vector<double> ends(count);
    const Random shares(seed, Stream::client_split, 4, static_cast<uint32_t>(c));
    for (int64_t i = 0; i < count; ++i) ends[i] = log_gamma(shares, i, alpha);
    const double most = std::ranges::max(ends);
    for (double& share : ends) share = std::exp(share - most);
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    int64_t at = 0;
    const auto n = static_cast<double>(of_class.size());
    for (int64_t i = 0; i < count; ++i) {
      const int64_t to =
          i + 1 == count ? std::ssize(of_class) : std::llround(n * ends[i] / ends.back());
      for (; at < to; ++at) parts[i].push_back(of_class[at]);
    }
  }
  return parts;
}

Parts listed(const ClientOptions& options, const std::vector<int32_t>& labels) {
  Parts parts(options.count);
  const std::string text = read_unpacked(options.file);
  size_t line = 0;
  for (size_t at = 0; at < text.size(); ++line) {
    const size_t end = std::min(text.find('\n', at), text.size());
    int64_t client = -1;
    const char *from = text.data() + at, *to = text.data() + end;
    const auto [stop, error] = std::from_chars(from, to, client);
    const bool is_rest_blank = std::all_of(stop, to, [](char c) { return c == '\r' || c == ' '; });
    if (error != std::errc() || !is_rest_blank || client < 0 || client >= options.count)
      fail(ExitCode::data, "{}: line {}: '{}'; allowed: a client, 0 to {} (data.clients.count)",
           options.file, line + 1, std::string(from, std::min<size_t>(to - from, 40)),
           options.count - 1);
    if (line < labels.size() && labels[line] >= 0)
      parts[client].push_back(static_cast<int32_t>(line));
    at = end + 1;
  }
  if (line != labels.size())
    fail(ExitCode::data,
         "{}: {} lines; allowed: one for each of the {} samples that are trained on", options.file,
         line, labels.size());
  return parts;
}

}  // namespace

std::vector<std::vector<int32_t>> split_among_clients(const ClientOptions& options,
                                                      const std::vector<int32_t>& labels,
                                                      uint64_t seed) {
  std::vector<int32_t> order;
  for (size_t s = 0; s < labels.size(); ++s)
    if (labels[s] >= 0) order.push_back(static_cast<int32_t>(s));
  if (options.split == ClientSplit::iid)
    Random(seed, Stream::client_split).shuffle(order);
  else
    std::ranges::stable_sort(order, {}, [&](int32_t s) { return labels[s]; });
  Parts parts;
  if (options.split == ClientSplit::file)
    parts = listed(options, labels);
  else if (options.split == ClientSplit::dirichlet)
    parts = dirichlet(order, labels, options.count, options.alpha, seed);
  else
    parts = cut(order, options.count);
  if (options.split == ClientSplit::shuffle_pct) deal_anew(parts, options.shuffle, seed);
  for (size_t i = 0; i < parts.size(); ++i) {
    std::ranges::sort(parts[i]);
    if (parts[i].empty())
      fail(ExitCode::config,
           "data.clients.count: value {}: client {} has none of the {} samples; allowed: fewer "
           "clients, {}",
           options.count, i, order.size(),
           options.split == ClientSplit::dirichlet ? "or a larger data.clients.alpha"
                                                   : "or another data.clients.split");
  }
  return parts;
}

}  // namespace laconic::data
