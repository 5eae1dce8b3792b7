#include "apps/laconic/run/loop.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/run/ending.hpp"
#include "apps/laconic/run/replicas.hpp"
#include "apps/laconic/run/result.hpp"
#include "apps/laconic/run/run_table.hpp"
#include "framework/base/fault.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {

Loop::Loop(Session& session, Learner& learner, Ledger& ledger)
    : session_(session),
      learner_(learner),
      ledger_(ledger),
      options_(session.config().get<MonitorOptions>()),
      facts_(learner.facts()),
      evaluate_phase_(ledger.timer().declare("evaluate", PhaseKind::other)),
      best_(options_, learner),
      checkpoints_(session, ledger.timer(),
                   {[this] { return state(); }, [this] { return attributes(); }}),
      journal_(session, learner, ledger),
      timeline_(session, ledger.timer(), facts_.events_per_unit) {}

void Loop::run() {
  start();
  try {
    while (!is_over()) unit();
    finish();
  } catch (const AgreedError&) {
    wind_up();
    throw;
  }
}

void Loop::log_start() const {
  if (!session_.is_root()) return;
  for (const std::string& note : facts_.notes) spdlog::info("{}", note);
  for (const std::string& warning : facts_.warnings) spdlog::warn("{}", warning);
  const std::string parameters =
      facts_.parameters > 0 ? fmt::format("{} parameters, ", facts_.parameters) : "";
  spdlog::info("{}{} ranks x {} threads, {}, transport {}", parameters, session_.exchange().size(),
               session_.context().threads, isa_name(session_.context().isa),
               session_.exchange().transport());
}

void Loop::start() {
  log_start();
  const bool resumes = session_.folder().resumes();
  int64_t metrics_length = 0;
  if (resumes) {
    const nlohmann::json attributes = Checkpoints::read(
        session_, facts_.data, [this](const nlohmann::json& a) { learner_.prepare(a); },
        [this] { return state(); });
    ledger_.restore(attributes);
    best_.restore(attributes);
    course_.restore(attributes.value("course", nlohmann::json()));
    if (session_.is_root()) session_.folder().set_step(learner_.step());
    metrics_length = attributes.at("metrics_length");
  }
  return_free_memory();  // what loading and reading left
  learner_.begin(resumes);
  best_.begin();
  check_replicas(session_.exchange(), state(), learner_.step());
  was_over_ = session_.folder().was_completed() && is_over();
  if (was_over_) {
    if (session_.is_root())
      spdlog::info("{}: already complete at step {}; nothing is left to do",
                   session_.folder().path(), learner_.step());
    return;
  }
  together(session_.exchange(), [&] {
    journal_.open(metrics_length);
    stop_request_ = session_.make_stop_request();
    if (!session_.is_root()) session_.end_early_stop();
  });
  // Rank 0 comes last: should a signal end another rank until then, rank 0 writes the outcome.
  session_.end_early_stop();
  checkpoints_.start_clock();
  course_.begin();
  timeline_.start(learner_.step());
}

bool Loop::is_over() const {
  return learner_.done() || best_.is_over() || session_.is_last_step(learner_.step());
}

void Loop::unit() {
  fault_point("train.step");
  timeline_.begin(learner_.step());
  const int64_t start_ns = steady_ns();
  const StopRequest::Heard heard = stop_request_->poll();
  stop_wanted_ |= heard.stop;
  save_wanted_ |= heard.checkpoint;
  Votes votes;
  votes.cast(Votes::stop, stop_wanted_);
  votes.cast(Votes::save, save_wanted_ || checkpoints_.is_time());
  votes.cast(Votes::writing, checkpoints_.is_writing());
  learner_.advance(votes);
  if (votes.are_summed()) save_wanted_ = false;
  checkpoints_.advance(votes);
  timeline_.end(start_ns);
  journal_.unit();
  if (is_evaluated()) evaluate();
  if (!is_over() && checkpoints_.is_due(votes, learner_.step(), learner_.period()))
    checkpoints_.begin(learner_.step());  // the end saves, with the last evaluation
  stop_request_->checkpoint_took(checkpoints_.longest_s());
  if (votes.any(Votes::stop)) stop();
}

bool Loop::is_evaluated() const {
  const Period period = learner_.period();
  return options_.evaluate_every > 0 && period.ended &&
         period.number % options_.evaluate_every == 0;
}

void Loop::evaluate() {
  const auto timing = ledger_.timer().measure(evaluate_phase_);
  learner_.evaluate();
  best_.take();
  course_.add(learner_.step(), best_.score(), ledger_.bytes_sent(), learner_.samples());
  journal_.evaluation(best_.monitor(), best_.score());
}

void Loop::stop() {
  checkpoints_.save(learner_.step());
  throw AgreedError(
      ExitCode::stopped,
      fmt::format("stopped at step {} with a checkpoint; continue with: laconic resume {}",
                  learner_.step(), session_.folder().path()),
      session_.is_root());
}

void Loop::wind_up() {
  checkpoints_.complete();
  timeline_.finish();
}

void Loop::finish() {
  if (was_over_) return;
  // A run that run.max_steps cuts short may be continued. So its checkpoint must not contain an
  // evaluation that the uninterrupted run would not make.
  if (session_.cuts_short(learner_.steps())) checkpoints_.save(learner_.step());
  if (best_.last_step() != learner_.step()) evaluate();
  checkpoints_.save(learner_.step());
  nlohmann::json result = make_result(session_, learner_, facts_, ledger_, best_, state());
  timeline_.finish();
  journal_.finish();
  if (!session_.is_root()) return;
  result["course"] = course_.json();
  session_.folder().write_result(result);
  if (session_.config().get<ObserveOptions>().progress == ProgressMode::off) return;
  std::fputs(run_table(result).c_str(), stderr);
  std::fputs(ending(result, session_.folder().path(), facts_.predicts).c_str(), stderr);
}

nlohmann::json Loop::attributes() {
  learner_.before_checkpoint();
  together(session_.exchange(), [&] { journal_.sync(); });
  nlohmann::json all = ledger_.gather(facts_.dense_elements);
  all.update(best_.description());
  all.update(learner_.attributes());
  if (!facts_.data.empty()) all["data"] = facts_.data;
  all["evaluated"] = best_.last_step();
  all["course"] = course_.json();
  all["config"] = session_.config().resolved().numeric_json();
  all["metrics_length"] = journal_.length();
  return all;
}

}  // namespace laconic
