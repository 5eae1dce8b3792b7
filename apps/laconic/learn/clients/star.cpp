#include "apps/laconic/learn/clients/star.hpp"

#include <algorithm>
#include <cmath>

#include "apps/laconic/run/agreement.hpp"

namespace laconic {

template <class T>
Star<T>::Star(comm::Exchange& exchange, PhaseTimer& timer, int64_t length, int ranks)
    : exchange_(exchange),
      timer_(timer),
      sum_(timer.declare("sum", PhaseKind::work)),
      exposed_(timer.declare("exchange_exposed", PhaseKind::wait)),
      length_(length),
      ranks_(ranks),
      up_(exchange.size()),
      down_(exchange.size()),
      starts_(ranks + 1),
      next_(ranks),
      result_(length + 2) {}

template <class T>
void Star<T>::allocate(int64_t clients, int64_t all_clients) {
  const int64_t hosted = (all_clients + ranks_ - 1) / ranks_;
  const int64_t held = exchange_.rank() == 0 ? clients : std::min(clients, hosted);
  vectors_.resize(std::max<size_t>(vectors_.size(), held * (length_ + 1)));
}

template <class T>
double Star<T>::mean(std::span<const int32_t> clients, int64_t round, const Produce& produce,
                     std::span<T> mean, const char* purpose) {
  const size_t width = mean.size() + 1;
  int64_t mine = 0;
  for (const int32_t client : clients) {
    if (!hosts(client)) continue;
    const std::span<T> vector = place(mine++, width);
    vector.back() = static_cast<T>(produce(client, vector.first(mean.size())));
  }
  collect(clients, width, purpose);
  if (exchange_.rank() == 0) {
    const auto timing = timer_.measure(sum_);
    add(clients, width);
  }
  spread(width + 1);
  if (result_[width] >= 0)
    throw AgreedError(
        ExitCode::diverged,
        fmt::format(
            "round {}: client {}: a number that it sends ({}) is not finite; lower the lr of {}",
            round, static_cast<int64_t>(result_[width]), purpose,
            purpose == std::string_view("upload") ? "this phase" : "the phases before"),
        exchange_.rank() == 0);
  std::ranges::copy(std::span(result_).first(mean.size()), mean.begin());
  return static_cast<double>(result_[mean.size()]);
}

// Rank 0's own vectors lie at its start already.
template <class T>
void Star<T>::collect(std::span<const int32_t> clients, size_t width, const char* purpose) {
  const int ranks = exchange_.size();
  if (ranks == 1) return;
  std::ranges::fill(starts_, 0);
  for (const int32_t client : clients) ++starts_[client % ranks + 1];
  for (int r = 0; r < ranks; ++r) starts_[r + 1] += starts_[r];
  const auto of_rank = [&](int r) {
    return std::span(vectors_).subspan(starts_[r] * width, (starts_[r + 1] - starts_[r]) * width);
  };
  const int rank = exchange_.rank();
  if (rank == 0) {
    for (int r = 1; r < ranks; ++r) up_.receive(r, std::as_writable_bytes(of_rank(r)));
  } else {
    const int64_t count = starts_[rank + 1] - starts_[rank];
    up_.send(0, std::as_bytes(std::span(vectors_).first(count * width)));
  }
  const auto timing = timer_.measure(exposed_);
  exchange_.start(up_, purpose);
  exchange_.finish();
}

template <class T>
void Star<T>::add(std::span<const int32_t> clients, size_t width) {
  const std::span<T> sum = std::span(result_).first(width);
  std::ranges::fill(sum, T(0));
  result_[width] = -1;
  std::copy_n(starts_.begin(), next_.size(), next_.begin());
  for (const int32_t client : clients) {
    const std::span<T> vector = place(next_[client % ranks_]++, width);
    bool is_finite = true;
    for (size_t i = 0; i < width; ++i) {
      sum[i] += vector[i];
      is_finite &= std::isfinite(vector[i]);
    }
    if (!is_finite && result_[width] < 0) result_[width] = static_cast<T>(client);
  }
  for (T& value : sum) value /= static_cast<T>(clients.size());
}

template <class T>
void Star<T>::spread(size_t width) {
  const int ranks = exchange_.size();
  if (ranks == 1) return;
  const std::span<T> result = std::span(result_).first(width);
  if (exchange_.rank() == 0)
    for (int r = 1; r < ranks; ++r) down_.send(r, std::as_bytes(result));
  else
    down_.receive(0, std::as_writable_bytes(result));
  const auto timing = timer_.measure(exposed_);
  exchange_.start(down_, "broadcast");
  exchange_.finish();
}

template class Star<float>;
template class Star<double>;

}  // namespace laconic
