// A network of chosen latency and bandwidth on top of a faster transport. Contents and order of
// messages are those of the inner transport; only times differ. The sender computes the time at
// which the first byte of a message reaches the receiver, after what it sent before. It sends this
// time in a header under the same tag. The receiver computes when the last byte has arrived, after
// what it received before, and sleeps until then. A send ends when its receive is posted and its
// last byte has left. Headers contain times of the steady clock, which only ranks of one host
// share. There is no extra thread; a rank that does not wait is not delayed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <mutex>
#include <thread>

#include "comm/transport/link_schedule.hpp"
#include "comm/transport/transports.hpp"
#include "comm/transport/wording.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

struct Header {
  int64_t reaches_ns;  // time at which the first byte reaches the receiver
  int64_t bytes;
};

// The egress and ingress of a rank, shared by all its communicators.
struct Port {
  explicit Port(const Link& l) : link(l) {}

  // Rounded up, so that no message is too fast.
  int64_t occupied_ns(int64_t bytes) const {
    return static_cast<int64_t>(std::ceil(1e9 * link.occupied_s(bytes)));
  }

  const Link link;
  std::mutex mutex;  // guards all members below
  int64_t out_busy_until_ns = 0;
  LinkSchedule in;
};

struct ShapedTransfer {
  bool under_way = false;
  bool sends = false;
  bool header_is_here = false;  // for a receive
  int peer = 0;
  Tag tag = 0;
  int64_t bytes = 0;
  int64_t passed_ns = 0;  // time at which the last byte has left or, if header_is_here, arrived
  Header header = {};
  Request inner_header = {};
  Request inner = {};
};

class Shaped : public Communicator {
 public:
  Shaped(std::unique_ptr<Communicator> inner, std::shared_ptr<Port> port)
      : inner_(std::move(inner)), port_(std::move(port)), transfers_(2 * inner_->size() + 2) {}

  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  const char* transport() const override { return "shaped"; }

  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    const Request request = new_transfer(true, peer, tag, std::ssize(bytes));
    ShapedTransfer& transfer = transfers_[request.handle];
    {
      const std::lock_guard lock(port_->mutex);
      const int64_t leaves_ns = std::max(now_ns(), port_->out_busy_until_ns);
      transfer.passed_ns = leaves_ns + port_->occupied_ns(transfer.bytes);
      port_->out_busy_until_ns = transfer.passed_ns;
      transfer.header.bytes = transfer.bytes;
      transfer.header.reaches_ns =
          leaves_ns + static_cast<int64_t>(std::ceil(1e9 * port_->link.latency_s));
    }
    transfer.inner_header = inner_->send(peer, tag, bytes_of(transfer.header));
    transfer.inner = inner_->send(peer, tag, bytes);
    count_sent(tag, transfer.bytes);
    return request;
  }

  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    const Request request = new_transfer(false, peer, tag, std::ssize(bytes));
    ShapedTransfer& transfer = transfers_[request.handle];
    if (const auto next = find_announced(peer, tag); next != announced_.end()) {
      transfer.header_is_here = true;
      transfer.passed_ns = next->passed_ns;
      announced_.erase(next);
    } else {
      transfer.inner_header = inner_->receive(peer, tag, bytes_of(transfer.header));
    }
    transfer.inner = inner_->receive(peer, tag, bytes);
    return request;
  }

  void wait(Request request) override {
    LACONIC_CHECK(request.handle >= 0 && request.handle < std::ssize(transfers_));
    ShapedTransfer& transfer = transfers_[request.handle];
    LACONIC_CHECK(transfer.under_way, "request waited for twice");
    const int64_t start_ns = now_ns();
    inner_->wait(transfer.inner);  // first, since its errors name the length of the message
    if (!transfer.header_is_here) inner_->wait(transfer.inner_header);
    if (!transfer.sends && !transfer.header_is_here)
      transfer.passed_ns = passes_in(transfer.header);
    sleep(transfer, start_ns);
    transfer.under_way = false;
    if (!transfer.sends) count_received(transfer.tag, transfer.bytes);
  }

  int64_t next_size(int peer, Tag tag) override {
    const int64_t start_ns = now_ns();
    auto next = find_announced(peer, tag);
    if (next == announced_.end()) {
      inner_->next_size(peer, tag);  // for its errors, which name a wait for a size
      ShapedTransfer transfer{.peer = peer, .tag = tag};
      inner_->wait(inner_->receive(peer, tag, bytes_of(transfer.header)));
      transfer.bytes = transfer.header.bytes;
      transfer.passed_ns = passes_in(transfer.header);
      next = announced_.insert(announced_.end(), transfer);
    }
    sleep(*next, start_ns);
    return next->bytes;
  }

  std::unique_ptr<Communicator> split(int colour, int key) override {
    auto part = std::make_unique<Shaped>(inner_->split(colour, key), port_);
    part->set_timeout(timeout_s_);
    return part;
  }

  void interrupt() override {
    interrupted_ = true;
    inner_->interrupt();
  }

  Wait waits_for() const override { return inner_->waits_for(); }

  void set_timeout(double seconds) override {
    timeout_s_ = seconds;
    inner_->set_timeout(seconds);
  }

 private:
  static std::span<std::byte> bytes_of(Header& header) {
    return std::as_writable_bytes(std::span(&header, 1));
  }

  Request new_transfer(bool sends, int peer, Tag tag, int64_t bytes) {
    const auto slot = std::ranges::find(transfers_, false, &ShapedTransfer::under_way);
    const int64_t handle = slot - transfers_.begin();
    if (slot == transfers_.end()) transfers_.emplace_back();
    transfers_[handle] = {
        .under_way = true, .sends = sends, .peer = peer, .tag = tag, .bytes = bytes};
    return {handle};
  }

  // Returns the message whose header next_size() has received.
  std::vector<ShapedTransfer>::iterator find_announced(int peer, Tag tag) {
    return std::ranges::find_if(
        announced_, [&](const ShapedTransfer& t) { return t.peer == peer && t.tag == tag; });
  }

  int64_t passes_in(const Header& header) {
    const std::lock_guard lock(port_->mutex);
    return port_->in.pass(header.reaches_ns, port_->occupied_ns(header.bytes));
  }

  // Sleeps until the message has passed, in short pieces, so that an interrupt can end it.
  void sleep(const ShapedTransfer& transfer, int64_t start_ns) const {
    constexpr int64_t nap_ns = 10'000'000;
    for (int64_t now = now_ns(); now < transfer.passed_ns; now = now_ns()) {
      const double waited_s = 1e-9 * static_cast<double>(now - start_ns);
      if (interrupted_ || waited_s > timeout_s_)
        fail(ExitCode::communication, "{}: {}",
             describe_transfer(rank(), transfer.sends, transfer.peer, transfer.tag, transfer.bytes),
             interrupted_ ? wait_interrupted(waited_s) : waited_in_vain(timeout_s_));
      std::this_thread::sleep_for(
          std::chrono::nanoseconds(std::min(transfer.passed_ns - now, nap_ns)));
    }
  }

  const std::unique_ptr<Communicator> inner_;
  const std::shared_ptr<Port> port_;
  std::deque<ShapedTransfer> transfers_;  // slots, reused; a deque, since headers must not move
  std::vector<ShapedTransfer> announced_;
};

}  // namespace

std::unique_ptr<Communicator> make_shaped(std::unique_ptr<Communicator> inner, const Link& link) {
  LACONIC_CHECK(link.latency_s >= 0 && link.bytes_per_s > 0, "latency {} s, {} bytes per s",
                link.latency_s, link.bytes_per_s);
  return std::make_unique<Shaped>(std::move(inner), std::make_shared<Port>(link));
}

}  // namespace laconic::comm
