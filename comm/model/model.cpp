#include "comm/model/model.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include "comm/model/world.hpp"
#include "framework/base/error.hpp"

namespace laconic::comm {
namespace {

struct Run {
  Run(int ranks, const Link& link)
      : world(ranks, link), result{std::vector<ModelResult::Rank>(ranks)} {}
  ModelWorld world;
  ModelResult result;
};

class Model : public ModelCommunicator {
 public:
  Model(std::shared_ptr<Run> run, End& mine) : run_(std::move(run)), mine_(mine) {}
  ~Model() override {
    mine_.gone = true;
    ModelResult::Rank& total = run_->result.ranks[mine_.rank];
    total.traffic += traffic();
    total.by_tag += traffic_by_tag();
  }

  int rank() const override { return mine_.rank_in_group; }
  int size() const override { return static_cast<int>(mine_.group->ends.size()); }
  const char* transport() const override { return "model"; }

  Request send(int peer, Tag tag, std::span<const std::byte> bytes) override {
    check_tag(tag);
    count_sent(tag, std::ssize(bytes));
    return {run_->world.post_send(mine_, end_of(peer), tag, bytes)};
  }
  Request receive(int peer, Tag tag, std::span<std::byte> bytes) override {
    check_tag(tag);
    return {run_->world.post_receive(mine_, end_of(peer), tag, bytes)};
  }
  void wait(Request request) override {
    const ModelWorld::Received received = run_->world.wait(static_cast<int32_t>(request.handle));
    if (received.bytes >= 0) count_received(received.tag, received.bytes);
  }
  int64_t next_size(int peer, Tag tag) override {
    check_tag(tag);
    return run_->world.next_size(mine_, end_of(peer), tag);
  }

  std::unique_ptr<Communicator> split(int colour, int key) override {
    return std::make_unique<Model>(run_, run_->world.split(mine_, colour, key));
  }

  double now() const override { return run_->world.now(mine_.rank); }
  void advance(double seconds) override {
    LACONIC_CHECK(seconds >= 0 && std::isfinite(seconds), "{} s", seconds);
    run_->world.advance(mine_.rank, seconds);
  }

 private:
  static void check_tag(Tag tag) {
    LACONIC_CHECK(tag.number >= 0 && tag.number <= 32767, "tag {}", tag.number);
  }

  End& end_of(int peer) const {
    LACONIC_CHECK(peer >= 0 && peer < size() && peer != rank(), "rank {} of {}, peer {}", rank(),
                  size(), peer);
    return mine_.group->ends[peer];
  }

  const std::shared_ptr<Run> run_;
  End& mine_;
};

}  // namespace

double ModelResult::seconds() const {
  double latest = 0;
  for (const Rank& rank : ranks) latest = std::max(latest, rank.seconds);
  return latest;
}

ModelResult run_model(int ranks, const Link& link,
                      const std::function<void(ModelCommunicator&)>& body) {
  LACONIC_CHECK(ranks >= 1, "{} ranks", ranks);
  const auto run = std::make_shared<Run>(ranks, link);
  std::exception_ptr first;
  run->world.run([&](End& end) {
    try {
      Model communicator(run, end);
      body(communicator);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
    run->result.ranks[end.rank].seconds = run->world.now(end.rank);
  });
  if (first) std::rethrow_exception(first);
  return std::move(run->result);
}

}  // namespace laconic::comm
