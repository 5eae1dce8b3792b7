#include "apps/laconic/run/checkpoints.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/run/replicas.hpp"
#include "apps/laconic/run/same_data.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/reader.hpp"

namespace laconic {

Checkpoints::Checkpoints(Session& session, PhaseTimer& timer, Content content)
    : session_(session),
      timer_(timer),
      phase_(timer.declare("checkpoint", PhaseKind::other)),
      content_(std::move(content)),
      options_(session.config().get<CheckpointOptions>()),
      // The folder may be moved or replaced at any moment, also while a checkpoint is written.
      files_(real_files(), [&session] { session.folder().require_in_place(); }),
      writer_(
          files_, session.folder().checkpoints(),
          Shard{session.exchange().rank(), session.exchange().size()},
          [&session](ExitCode mine) { return largest(session.exchange(), mine); }, options_.keep),
      clock_(0, 0, 0) {}

nlohmann::json Checkpoints::read(Session& session, const nlohmann::json& data,
                                 const std::function<void(const nlohmann::json&)>& prepare,
                                 const std::function<StateList()>& state) {
  comm::Exchange& exchange = session.exchange();
  const std::string folder = session.folder().checkpoints();
  // Rank 0 lists for all: what a file system shows may differ by node, and for seconds.
  std::vector<int64_t> steps;
  together(exchange, [&] {
    if (session.is_root()) steps = steps_in_order_of_trust(real_files(), folder);
  });
  int64_t count = std::ssize(steps);
  exchange.broadcast(std::as_writable_bytes(std::span(&count, 1)), 0);
  steps.resize(static_cast<size_t>(count));
  exchange.broadcast(std::as_writable_bytes(std::span(steps)), 0);
  std::optional<Checkpoint> found;
  together(exchange, [&] {
    found = open_checkpoint(
        real_files(), folder, steps, {exchange.rank(), exchange.size()},
        [&](ExitCode mine) { return largest(exchange, mine); },
        [&](const std::string& text) { return exchange.differences(text).empty(); });
  });
  together(exchange, [&] {
    const std::vector<std::string> differences =
        config::differences(session.config().resolved(), found->attributes().at("config"));
    if (!differences.empty())
      fail(ExitCode::config, "{}: the checkpoint was written with another configuration: {}",
           found->folder(), fmt::join(differences, "; "));
  });
  check_same_data(session, found->attributes(), data);
  patiently(exchange, [&] {
    prepare(found->attributes());
    found->read(state());
  });
  if (session.is_root()) spdlog::info("resumed {} at step {}", found->folder(), found->step());
  return found->attributes();
}

void Checkpoints::start_clock() {
  clock_ = CheckpointClock(3600 * options_.mtbf, expected_write_s(content_.state().bytes()),
                           steady_seconds());
}

bool Checkpoints::is_time() const {
  return session_.is_root() && clock_.due(steady_seconds());
}

bool Checkpoints::is_due(const Votes& votes, int64_t step, const Period& period) const {
  if (votes.any(Votes::save)) return true;
  if (options_.every_steps > 0 && step % options_.every_steps == 0) return true;
  return options_.every_epochs > 0 && period.ended && period.number % options_.every_epochs == 0;
}

// If the run folder is no longer in its place, that is the error, whatever failed because of it.
void Checkpoints::in_the_folder(const std::function<void()>& part_of_checkpoint) {
  const auto check = [this] {
    together(session_.exchange(), [this] { session_.folder().require_in_place(); });
  };
  check();
  try {
    together(session_.exchange(), part_of_checkpoint);
  } catch (const AgreedError& error) {
    if (error.code() != ExitCode::communication) check();
    throw;
  }
}

void Checkpoints::start(int64_t step) {
  const auto timing = timer_.measure(phase_);
  if (session_.is_root() && written_ == 1 && options_.mtbf > 0)
    spdlog::info("a checkpoint takes {:.2g} s: one every {:.0f} s, {:.2g} % of the time at most",
                 clock_.write_s(), clock_.interval(), 100 * clock_.write_s() / clock_.interval());
  clock_.begun(steady_seconds());
  // A failure reaches all ranks; together() has one of them report it.
  const nlohmann::json attributes = content_.attributes();
  const StateList state = content_.state();
  check_replicas(session_.exchange(), state, step);
  in_the_folder([&] { writer_.begin(step, state, attributes); });
  step_ = step;
}

void Checkpoints::next_stage() {
  const auto timing = timer_.measure(phase_);
  patiently(session_.exchange(), [&] { writer_.wait(); });
  in_the_folder([&] { writer_.advance(); });
  if (writer_.in_progress()) return;
  failed_ = 0;
  clock_.done(steady_seconds());
  longest_s_ = std::max(longest_s_, 2 * clock_.write_s());  // one may have to wait for another
  ++written_;
}

void Checkpoints::tolerate(const std::function<void()>& part_of_checkpoint) {
  constexpr int limit = 3;
  try {
    part_of_checkpoint();
  } catch (const AgreedError& error) {
    step_ = -1;
    const bool disk = error.code() == ExitCode::io || error.code() == ExitCode::cannot_create;
    if (!disk || ++failed_ >= limit) throw;
    if (error.mine())
      spdlog::warn("{}; training goes on (failure {} of {} in a row that end it)", error.what(),
                   failed_, limit);
  }
}

void Checkpoints::begin(int64_t step) {
  if (step_ == step) return;
  tolerate([&] {
    while (writer_.in_progress()) next_stage();
    start(step);
  });
}

void Checkpoints::advance(const Votes& votes) {
  if (writer_.in_progress() && votes.none(Votes::writing)) tolerate([&] { next_stage(); });
}

void Checkpoints::complete() {
  tolerate([&] {
    while (writer_.in_progress()) next_stage();
  });
}

void Checkpoints::save(int64_t step) {
  if (step_ != step) {
    complete();
    start(step);
  }
  while (writer_.in_progress()) next_stage();
}

}  // namespace laconic
