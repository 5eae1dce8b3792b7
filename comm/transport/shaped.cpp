// A network of chosen latency and bandwidth on top of a transport that is faster: contents and
// order of messages are the inner transport's, only the time is ours. The sender works out when the
// first byte of a message reaches the receiver, behind what it sent before; a header with that time
// travels ahead of the payload under the same tag; the receiver works out when the last byte has
// come in, behind what it received before, and sleeps until then. A send ends when its receive is
// there and its last byte has left. Headers carry the steady clock, which only the ranks of one
// host share. There is no thread; who does not wait is not delayed.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <mutex>
#include <thread>

#include "comm/transport/link_schedule.hpp"
#include "comm/transport/wording.hpp"
#include "comm/transports.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

struct Header {
  int64_t reaches_ns;  // the first byte, the receiver
  int64_t bytes;
};

// A rank's two ways, which all communicators of the rank share.
struct Link {
  explicit Link(const LinkOptions& o) : options(o) {}

  // Rounded up: nothing is faster than it should be.
  int64_t occupied_ns(int64_t bytes) const {
    return static_cast<int64_t>(std::ceil(1e9 * options.occupied_s(bytes)));
  }

  const LinkOptions options;
  std::mutex mutex;  // guards all below
  int64_t out_busy_until_ns = 0;
  LinkSchedule in;
};

struct Transfer {
  bool under_way = false;
  bool sends = false;
  bool header_is_here = false;  // of a receive
  int peer = 0;
  int tag = 0;
  int64_t bytes = 0;
  int64_t passed_ns = 0;  // the last byte: of a send, out; of a receive whose header is here, in
  Header header = {};
  Request inner_header = {};
  Request inner = {};
};

class Shaped : public Communicator {
 public:
  Shaped(std::unique_ptr<Communicator> inner, std::shared_ptr<Link> link)
      : inner_(std::move(inner)), link_(std::move(link)), transfers_(2 * inner_->size() + 2) {}

  int rank() const override { return inner_->rank(); }
  int size() const override { return inner_->size(); }
  const char* transport() const override { return "shaped"; }

  Request send(int peer, int tag, std::span<const std::byte> bytes) override {
    const Request request = new_transfer(true, peer, tag, std::ssize(bytes));
    Transfer& transfer = transfers_[request.handle];
    {
      const std::lock_guard lock(link_->mutex);
      const int64_t leaves_ns = std::max(now_ns(), link_->out_busy_until_ns);
      transfer.passed_ns = leaves_ns + link_->occupied_ns(transfer.bytes);
      link_->out_busy_until_ns = transfer.passed_ns;
      transfer.header.bytes = transfer.bytes;
      transfer.header.reaches_ns =
          leaves_ns + static_cast<int64_t>(std::ceil(1e9 * link_->options.latency_s));
    }
    transfer.inner_header = inner_->send(peer, tag, bytes_of(transfer.header));
    transfer.inner = inner_->send(peer, tag, bytes);
    count_sent(tag, transfer.bytes);
    return request;
  }

  Request receive(int peer, int tag, std::span<std::byte> bytes) override {
    const Request request = new_transfer(false, peer, tag, std::ssize(bytes));
    Transfer& transfer = transfers_[request.handle];
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
    Transfer& transfer = transfers_[request.handle];
    LACONIC_CHECK(transfer.under_way, "request waited for twice");
    const int64_t start_ns = now_ns();
    inner_->wait(transfer.inner);  // first, as its errors name the size of the message
    if (!transfer.header_is_here) inner_->wait(transfer.inner_header);
    if (!transfer.sends && !transfer.header_is_here)
      transfer.passed_ns = passes_in(transfer.header);
    sleep(transfer, start_ns);
    transfer.under_way = false;
    if (!transfer.sends) count_received(transfer.tag, transfer.bytes);
  }

  int64_t next_size(int peer, int tag) override {
    const int64_t start_ns = now_ns();
    auto next = find_announced(peer, tag);
    if (next == announced_.end()) {
      inner_->next_size(peer, tag);  // its errors say that a size was awaited
      Transfer transfer{.peer = peer, .tag = tag};
      inner_->wait(inner_->receive(peer, tag, bytes_of(transfer.header)));
      transfer.bytes = transfer.header.bytes;
      transfer.passed_ns = passes_in(transfer.header);
      next = announced_.insert(announced_.end(), transfer);
    }
    sleep(*next, start_ns);
    return next->bytes;
  }

  std::unique_ptr<Communicator> split(int colour, int key) override {
    auto part = std::make_unique<Shaped>(inner_->split(colour, key), link_);
    part->set_timeout(timeout_s_);
    return part;
  }

  void interrupt() override {
    interrupted_ = true;
    inner_->interrupt();
  }

  void set_timeout(double seconds) override {
    timeout_s_ = seconds;
    inner_->set_timeout(seconds);
  }

 private:
  static std::span<std::byte> bytes_of(Header& header) {
    return std::as_writable_bytes(std::span(&header, 1));
  }

  Request new_transfer(bool sends, int peer, int tag, int64_t bytes) {
    const auto slot = std::ranges::find(transfers_, false, &Transfer::under_way);
    const int64_t handle = slot - transfers_.begin();
    if (slot == transfers_.end()) transfers_.emplace_back();
    transfers_[handle] = {
        .under_way = true, .sends = sends, .peer = peer, .tag = tag, .bytes = bytes};
    return {handle};
  }

  // The message whose header next_size() has taken.
  std::vector<Transfer>::iterator find_announced(int peer, int tag) {
    return std::ranges::find_if(announced_,
                                [&](const Transfer& t) { return t.peer == peer && t.tag == tag; });
  }

  int64_t passes_in(const Header& header) {
    const std::lock_guard lock(link_->mutex);
    return link_->in.pass(header.reaches_ns, link_->occupied_ns(header.bytes));
  }

  // Until the message has passed. In short naps, as an interrupt must end it.
  void sleep(const Transfer& transfer, int64_t start_ns) const {
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
  const std::shared_ptr<Link> link_;
  std::deque<Transfer> transfers_;  // slots, reused; a deque, as headers must stay where they are
  std::vector<Transfer> announced_;
};

}  // namespace

std::unique_ptr<Communicator> make_shaped(std::unique_ptr<Communicator> inner,
                                          const LinkOptions& options) {
  LACONIC_CHECK(options.latency_s >= 0 && options.bytes_per_s > 0, "latency {} s, {} bytes a s",
                options.latency_s, options.bytes_per_s);
  return std::make_unique<Shaped>(std::move(inner), std::make_shared<Link>(options));
}

}  // namespace laconic::comm
