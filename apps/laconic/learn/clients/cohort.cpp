#include "apps/laconic/learn/clients/cohort.hpp"

#include <algorithm>
#include <numeric>

namespace laconic {

template <class T>
Cohort<T>::Cohort(const Environment& environment, models::Federation<T>& federation,
                  int64_t per_round, int64_t at_once)
    : federation_(federation),
      per_round_(per_round),
      at_once_(at_once),
      draws_(environment.context.seed, federation.clients(), per_round),
      star_(environment.exchange, environment.timer, federation.dimension, environment.ranks),
      all_(federation.clients()),
      most_(per_round) {
  std::iota(all_.begin(), all_.end(), 0);
}

template <class T>
template <class Visit>
double Cohort<T>::each_part(std::span<const int32_t> samples, Visit visit) {
  double sum = 0;
  const size_t most = at_once_ > 0 ? static_cast<size_t>(at_once_) : samples.size();
  for (size_t at = 0; at < samples.size(); at += most)
    sum += visit(samples.subspan(at, std::min(most, samples.size() - at)));
  return sum / static_cast<double>(samples.size());
}

template <class T>
double Cohort<T>::gradient(int32_t client, std::span<const T> x, int64_t first, int64_t count,
                           std::span<T> gradient) {
  const std::span<const int32_t> samples =
      draws_.samples(federation_.samples[client], round_, client, first, count);
  const T weight = T(1) / static_cast<T>(samples.size());
  std::ranges::fill(gradient, T(0));
  return each_part(samples, [&](std::span<const int32_t> part) {
    return federation_.oracle->gradient(x, part, weight, gradient);
  });
}

template <class T>
double Cohort<T>::value(int32_t client, std::span<const T> x, int64_t first, int64_t count) {
  const std::span<const int32_t> samples =
      draws_.samples(federation_.samples[client], round_, client, first, count);
  return each_part(
      samples, [&](std::span<const int32_t> part) { return federation_.oracle->value(x, part); });
}

template <class T>
double Cohort<T>::mean(std::span<const int32_t> clients, const typename Star<T>::Produce& produce,
                       std::span<T> result, int vectors_down, const char* purpose) {
  const int64_t down = vectors_down * dimension(), up = std::ssize(result) + 1;
  client_bytes_ += std::ssize(clients) * (down + up) * static_cast<int64_t>(sizeof(T));
  return star_.mean(clients, round_, produce, result, purpose);
}

template class Cohort<float>;
template class Cohort<double>;

}  // namespace laconic
