#include "comm/collectives.hpp"

#include <algorithm>
#include <bit>

#include "comm/tags.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

void send(Communicator& communicator, int peer, int tag, std::span<const std::byte> bytes) {
  communicator.wait(communicator.send(peer, tag, bytes));
}

void receive(Communicator& communicator, int peer, int tag, std::span<std::byte> bytes) {
  communicator.wait(communicator.receive(peer, tag, bytes));
}

template <class T>
std::span<std::byte> bytes_of(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

// In round d, ranks that differ in bit d exchange all they have and combine it: after the last
// round every rank has combined the same pairs. combine() must be commutative, then all ranks have
// the same bits. Ranks beyond the largest power of two first hand their values to a partner below
// it and get the result back.
template <class T, class Combine>
void recursive_doubling(Communicator& communicator, std::span<T> values, Scratch& scratch,
                        Combine combine) {
  const int rank = communicator.rank();
  const int core = static_cast<int>(std::bit_floor(static_cast<unsigned>(communicator.size())));
  const std::span<std::byte> bytes = std::as_writable_bytes(values);
  if (scratch.size() < bytes.size()) scratch.resize(bytes.size());
  const std::span<std::byte> arrived = std::span(scratch).first(bytes.size());
  const auto combine_arrived = [&] {
    const T* theirs = reinterpret_cast<const T*>(arrived.data());
    for (size_t i = 0; i < values.size(); ++i) values[i] = combine(values[i], theirs[i]);
  };

  if (rank >= core) {
    send(communicator, rank - core, agreement_tag, bytes);
    receive(communicator, rank - core, agreement_tag, bytes);
    return;
  }
  const bool has_guest = rank + core < communicator.size();
  if (has_guest) {
    receive(communicator, rank + core, agreement_tag, arrived);
    combine_arrived();
  }
  for (int distance = 1; distance < core; distance *= 2) {
    const int peer = rank ^ distance;
    const Request incoming = communicator.receive(peer, agreement_tag, arrived);
    const Request outgoing = communicator.send(peer, agreement_tag, bytes);
    communicator.wait(incoming);
    communicator.wait(outgoing);
    combine_arrived();
  }
  if (has_guest) send(communicator, rank + core, agreement_tag, bytes);
}

}  // namespace

void sum(Communicator& communicator, std::span<double> values, Scratch& scratch) {
  recursive_doubling(communicator, values, scratch, [](double a, double b) { return a + b; });
}

void sum(Communicator& communicator, std::span<uint32_t> values, Scratch& scratch, int tag) {
  static_cast<void>(tag);
  recursive_doubling(communicator, values, scratch, [](uint32_t a, uint32_t b) { return a + b; });
}

void max(Communicator& communicator, std::span<int64_t> values, Scratch& scratch) {
  recursive_doubling(communicator, values, scratch,
                     [](int64_t a, int64_t b) { return std::max(a, b); });
}

void broadcast(Communicator& communicator, std::span<std::byte> bytes, int root) {
  const int size = communicator.size();
  LACONIC_CHECK(root >= 0 && root < size, "root {} of {} ranks", root, size);
  // Ranks counted from the root: i receives from i without its highest bit, and sends to i plus
  // higher bits.
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
