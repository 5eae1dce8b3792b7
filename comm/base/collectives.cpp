#include "comm/base/collectives.hpp"

#include <algorithm>
#include <bit>
#include <functional>

#include "comm/base/circulant.hpp"
#include "comm/base/log2.hpp"
#include "comm/base/transfer.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

template <class T>
std::span<std::byte> bytes_of(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

template <class T, class Combine>
Butterfly<T, Combine> butterfly(Communicator& communicator, Scratch& scratch, Tag tag,
                                Combine combine) {
  return {communicator, scratch, {.reduce = tag, .gather = tag}, combine};
}

}  // namespace

void sum(Communicator& communicator, std::span<double> values, Scratch& scratch) {
  butterfly<double>(communicator, scratch, agreement_tag, std::plus<>()).recursive_doubling(values);
}

void sum(Communicator& communicator, std::span<uint32_t> values, Scratch& scratch, Tag tag) {
  auto ranks = butterfly<uint32_t>(communicator, scratch, tag, std::plus<>());
  // Doubling sends the whole vector in each of log2 P messages; halving sends less than twice the
  // vector in 2 log2 P messages.
  constexpr size_t few_bytes = 512;
  const auto rounds = static_cast<size_t>(log2_ceil(communicator.size()));
  if (communicator.size() <= 4 || rounds * values.size_bytes() <= few_bytes)
    ranks.recursive_doubling(values);
  else if (std::has_single_bit(static_cast<unsigned>(communicator.size())))
    ranks.rabenseifner(values);
  else
    circulant_allreduce(communicator, values, scratch, {.reduce = tag, .gather = tag},
                        std::plus<>());
}

void max(Communicator& communicator, std::span<int64_t> values, Scratch& scratch) {
  butterfly<int64_t>(communicator, scratch, agreement_tag, [](int64_t a, int64_t b) {
    return std::max(a, b);
  }).recursive_doubling(values);
}

void broadcast(Communicator& communicator, std::span<std::byte> bytes, int root) {
  const int size = communicator.size();
  LACONIC_CHECK(root >= 0 && root < size, "root {} of {} ranks", root, size);
  // Ranks are counted from the root: i receives from i without its highest bit, and sends to i plus
  // each higher bit.
  const int place = (communicator.rank() - root + size) % size;
  const auto at = [&](int other) { return (other + root) % size; };
  int distance = 1;
  if (place > 0) {
    const int highest = static_cast<int>(std::bit_floor(static_cast<unsigned>(place)));
    receive(communicator, at(place - highest), broadcast_tag, bytes);
    distance = 2 * highest;
  }
  for (; place + distance < size; distance *= 2)
    send(communicator, at(place + distance), broadcast_tag, bytes);
}

std::string broadcast(Communicator& communicator, const std::string& text, int root) {
  auto length = static_cast<int64_t>(text.size());
  broadcast(communicator, bytes_of(length), root);
  std::string result = communicator.rank() == root ? text : std::string(length, '\0');
  broadcast(communicator, std::as_writable_bytes(std::span(result)), root);
  return result;
}

std::vector<std::string> gather(Communicator& communicator, const std::string& text) {
  if (communicator.rank() != 0) {
    auto length = static_cast<int64_t>(text.size());
    send(communicator, 0, length_tag, bytes_of(length));
    send(communicator, 0, text_tag, std::as_bytes(std::span(text)));
    return {};
  }
  std::vector<std::string> texts = {text};
  for (int peer = 1; peer < communicator.size(); ++peer) {
    int64_t length = 0;
    receive(communicator, peer, length_tag, bytes_of(length));
    std::string& theirs = texts.emplace_back(length, '\0');
    receive(communicator, peer, text_tag, std::as_writable_bytes(std::span(theirs)));
  }
  return texts;
}

}  // namespace laconic::comm
