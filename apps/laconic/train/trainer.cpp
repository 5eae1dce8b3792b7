#include "apps/laconic/train/trainer.hpp"

#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "apps/laconic/train/run_table.hpp"
#include "apps/laconic/train/scores_json.hpp"
#include "apps/laconic/train/together.hpp"
#include "comm/list.hpp"
#include "framework/base/fault.hpp"
#include "framework/base/process.hpp"
#include "framework/checkpoint/reader.hpp"
#include "framework/ops/update/update.hpp"

namespace laconic {
namespace {

std::unique_ptr<Trace> make_trace(const Options& options, int rank, int64_t parameters) {
  const ObserveSection& observe = options.observe;
  if (observe.trace_steps == 0) return nullptr;
  const auto& ranks = observe.trace_ranks;
  if (!ranks.empty() && std::ranges::find(ranks, rank) == ranks.end()) return nullptr;
  const double buckets = options.comm.bucket_mb > 0
                             ? 4e-6 * static_cast<double>(parameters) / options.comm.bucket_mb
                             : 1;
  const int64_t events_a_step =
      16 + 3 * options.train.accumulate + static_cast<int64_t>(std::ceil(buckets));
  return std::make_unique<Trace>(rank, observe.trace_first,
                                 observe.trace_first + observe.trace_steps,
                                 events_a_step * observe.trace_steps);
}

bool is_sparse(const Options& options) {
  return comm::find_allreduce(options.comm.allreduce).is_sparse();
}

// What of the optimizer's work the exchange takes over: residuals are sums of steps rather than of
// gradients where the update is linear in them.
comm::FeedbackSettings feedback_settings(const Options& options) {
  const bool sgd = options.optimizer.kind == "sgd";
  if (!is_sparse(options)) return {};
  return {options.comm.residual_lr == "auto" ? sgd : options.comm.residual_lr == "inside",
          options.comm.momentum_correction ? options.optimizer.momentum : 0};
}

optim::OptimizerOptions behind_exchange(const Options& options) {
  optim::OptimizerOptions result = options.optimizer;
  if (feedback_settings(options).momentum > 0) result.momentum = 0;
  return result;
}

std::unique_ptr<Progress> make_progress(const Options& options) {
  const std::string& mode = options.observe.progress;
  winsize size{};
  const int columns =
      ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 120;
  const auto sink = [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); };
  return std::make_unique<Progress>(mode == "live"  ? ProgressMode::live
                                    : mode == "log" ? ProgressMode::log
                                                    : ProgressMode::off,
                                    options.observe.interval, columns, steady_seconds, sink);
}

}  // namespace

Trainer::Trainer(Session& session)
    : session_(session),
      options_(session.options()),
      task_(make_task(options_, session.context(), session.exchange(), Task::Use::train)),
      cursor_(task_->batches(), session.context().seed, session.exchange().size(),
              options_.train.accumulate),
      executor_(
          task_->network(), session.context(), task_->batches().max_rows(),
          {.implementation =
               options_.compute.implementation == "auto" ? "" : options_.compute.implementation}),
      parameters_(task_->network().parameter_count),
      gradients_(parameters_.size()),
      best_parameters_(parameters_.size()),
      feedback_(feedback_settings(options_)),
      optimizer_(session.context(), behind_exchange(options_), task_->network()),
      trace_(make_trace(options_, session.exchange().rank(), task_->network().parameter_count)),
      timer_(trace_.get()),
      sum_(session.exchange(), session.context(), options_.comm, feedback_,
           task_->network().parameter_count),
      gradient_step_(executor_, session.context(), sum_, timer_) {
  if (!trace_) return;
  trace_->add_thread("compute");
  const int thread = trace_->add_thread("exchange");
  session.exchange().on_sum([this, thread](int64_t bucket, int64_t start_ns, int64_t end_ns) {
    trace_->record("exchange", thread, start_ns, end_ns, "bucket", bucket);
  });
}

Trainer::~Trainer() {
  session_.exchange().on_sum(nullptr);
}

void Trainer::start() {
  comm::Exchange& exchange = session_.exchange();
  started_s_ = steady_seconds();
  if (session_.is_root()) {
    for (const std::string& note : task_->notes()) spdlog::info("{}", note);
    for (const std::string& warning : task_->warnings()) spdlog::warn("{}", warning);
    spdlog::info("{} parameters, {} ranks x {} threads, {}, transport {}", parameters_.size(),
                 exchange.size(), session_.context().threads, isa_name(session_.context().isa),
                 exchange.transport());
  }
  writer_ = std::make_unique<CheckpointWriter>(
      real_files(), session_.folder().checkpoints(), Shard{exchange.rank(), exchange.size()},
      [&](bool fine) { return exchange.all(fine); }, options_.checkpoint.keep);
  together(exchange, [&] {
    graph::initialise(task_->network(), session_.context().seed, parameters_);
    if (!options_.model.init_from.empty()) {
      StateList list;
      list.add("parameters", std::span(parameters_));
      read_named(real_files(), options_.model.init_from, list);
    }
  });
  int64_t metrics_length = 0;
  if (session_.folder().resumes()) {
    resume();
    metrics_length = earlier_metrics_length_;
  }
  together(exchange, [&] {
    if (session_.is_root())
      session_.folder().open_logs(state_.step + 1, metrics_length, options_.observe.tensorboard);
  });
  if (session_.is_root()) progress_ = make_progress(options_);
  clock_.emplace(3600 * options_.checkpoint.mtbf, expected_write_s(state().bytes()),
                 steady_seconds());
  together(exchange, [&] { stop_request_ = make_stop_request(); });
  schedule_steps_ = state_.step + cursor_.steps_until(state_.position, options_.train.epochs);
  tracing_ = options_.observe.trace_steps > 0 && state_.step < trace_end();
  total_steps_ = schedule_steps_;
  if (options_.run.max_steps > 0) total_steps_ = std::min(total_steps_, options_.run.max_steps);

  const int64_t accumulate = options_.train.accumulate;
  const int64_t micro_batches = std::max<int64_t>(0, total_steps_ - state_.step) * accumulate;
  const int rank = exchange.rank();
  auto build = [cursor = cursor_, start = state_.position, accumulate, rank](
                   int64_t i, std::unique_ptr<data::Batch>& batch) mutable {
    const BatchPosition position = cursor.after(start, i / accumulate);
    graph::Feed<float>& feed = batch->build(cursor.group(position, i % accumulate, rank));
    feed.step = cursor.serial(position, i % accumulate, rank);
  };
  prefetcher_ = std::make_unique<data::Prefetcher<std::unique_ptr<data::Batch>>>(
      task_->batches().make_batch(), task_->batches().make_batch(), 0, micro_batches,
      std::move(build));
}

std::unique_ptr<StopRequest> Trainer::make_stop_request() const {
  if (!session_.is_root()) return std::make_unique<StopRequest>(real_files());
  return std::make_unique<StopRequest>(real_files(),
                                       StopRequest::Watch{session_.folder().path(), job_end(),
                                                          options_.run.stop_margin, wall_seconds});
}

bool Trainer::done() const {
  if (state_.step >= total_steps_) return true;
  return options_.train.patience > 0 && state_.since_best >= options_.train.patience;
}

StepSums Trainer::step() {
  fault_point("train.step");
  if (state_.step >= trace_end()) write_trace();
  if (trace_) trace_->set_step(state_.step);
  const int64_t index = state_.step, begin = steady_ns();
  const double lr =
      options_.optimizer.lr *
      optim::schedule(options_.schedule, state_.step, cursor_.steps_per_epoch(), schedule_steps_);
  const double factor = feedback_.lr_inside ? lr : 1;
  const StopRequest::Heard heard = stop_request_->poll();
  StepSettings settings{
      .labels = cursor_.labels(state_.position),
      .factor = factor,
      .stop = heard.stop,
      .save = heard.checkpoint || (session_.is_root() && clock_->due(steady_seconds())),
      .writing = !writer_->ready()};
  // Ranks that keep residuals limit what goes into them, each its share (Lin et al. 2018).
  if (sum_.is_sparse() && options_.optimizer.clip_norm > 0)
    settings.local_clip =
        factor * options_.optimizer.clip_norm / std::sqrt(session_.exchange().size());
  sum_.begin(state_.step, lr);
  const StepSums sums = gradient_step_.run(parameters_, gradients_, options_.train.accumulate,
                                           settings, [&]() -> const graph::Feed<float>& {
                                             const auto timing = timer_.measure(Phase::data);
                                             return prefetcher_->next()->feed();
                                           });
  const int64_t update_begin = steady_ns();
  const double size = ops::norm(session_.context(), gradients_) / factor;
  // The sums are the same on every rank, and so is what follows.
  if (sums.finite && std::isfinite(size)) {
    state_.skipped = 0;
    if (!sum_.is_sparse() && options_.optimizer.clip_norm > 0)
      optim::clip(session_.context(), gradients_, options_.optimizer.clip_norm);
    optimizer_.step(lr, parameters_, gradients_, feedback_.lr_inside);
  } else if (++state_.skipped > options_.train.skip_nonfinite) {
    tolerate([this] { complete_checkpoint(); });
    write_trace();
    throw AgreedError(ExitCode::diverged,
                      fmt::format("step {}: the loss or its gradient is not finite; lower "
                                  "optimizer.lr (now {}) or set optimizer.clip_norm",
                                  state_.step, options_.optimizer.lr),
                      session_.is_root());
  }
  save_requested_ = sums.save > 0;
  if (writer_->in_progress() && sums.writing == 0) tolerate([this] { advance_checkpoint(); });
  ++state_.step;
  cursor_.advance(state_.position);
  state_.samples += static_cast<int64_t>(sums.rows);
  last_loss_ = sums.labels > 0 ? sums.loss / sums.labels : 0;
  last_accuracy_ = sums.labels > 0 ? sums.correct / sums.labels : 0;
  last_norm_ = size;
  last_lr_ = lr;
  const int64_t end = steady_ns();
  timer_.add(Phase::update, update_begin, end);
  if (trace_) trace_->record("step", 0, begin, end, "step", index);
  return sums;
}

void Trainer::report() {
  if (!session_.is_root()) return;
  const bool single = !task_->is_multi_label();
  session_.folder().set_step(state_.step);
  session_.folder().heartbeat();
  nlohmann::json line = {{"step", state_.step},
                         {"epoch", state_.position.epoch},
                         {"loss", last_loss_},
                         {"lr", last_lr_},
                         {"gradient_norm", last_norm_}};
  if (single) line["accuracy"] = last_accuracy_;
  if (state_.skipped > 0) line["skipped"] = state_.skipped;
  if (sum_.is_sparse()) {
    const comm::SparseFigures sparse = sum_.figures();
    line["exchange/k"] = sparse.k;
    line["exchange/selected"] = sparse.selected;
    line["exchange/kept"] = sparse.kept;
    if (std::isfinite(sparse.xi)) line["exchange/xi"] = sparse.xi;
  }
  session_.folder().metrics().write(line);
  if (EventWriter* events = session_.folder().events()) {
    const double now = wall_seconds();
    events->scalar("train/loss", static_cast<float>(last_loss_), state_.step, now);
    if (single)
      events->scalar("train/accuracy", static_cast<float>(last_accuracy_), state_.step, now);
  }
  progress_->update(progress_state());
}

Progress::State Trainer::progress_state() const {
  Progress::State s;
  s.step = state_.step;
  s.steps = total_steps_;
  s.epoch =
      static_cast<double>(state_.position.epoch) +
      static_cast<double>(state_.position.groups_done) / static_cast<double>(cursor_.groups());
  s.epochs = static_cast<double>(options_.train.epochs);
  s.loss = last_loss_;
  if (!task_->is_multi_label()) s.accuracy = last_accuracy_;
  s.samples = state_.samples;
  s.exchange_seconds = timer_.seconds(Phase::exchange_exposed);
  return s;
}

bool Trainer::at_evaluation() const {
  const int64_t every = options_.train.evaluate_every;
  return every > 0 && epoch_ended() && state_.position.epoch % every == 0;
}

void Trainer::evaluate() {
  const auto timing = timer_.measure(Phase::evaluate);
  const bool multi = task_->is_multi_label();
  std::string monitor = options_.train.monitor;
  if (monitor == "auto") monitor = multi ? "micro_f1" : "accuracy";
  together(session_.exchange(), [&] {
    if (session_.is_root()) pack_scores(task_->evaluate(parameters_), state_.last_scores);
  });
  session_.exchange().broadcast(std::as_writable_bytes(std::span(state_.last_scores)), 0);
  ++state_.evaluations;
  double value = score_of(state_.last_scores, SplitName::val, monitor);
  if (monitor == "loss") value = -value;
  if (state_.best_step < 0 || std::isnan(state_.best_value) || value > state_.best_value) {
    state_.best_value = value;
    state_.best_step = state_.step;
    state_.since_best = 0;
    std::copy(std::begin(state_.last_scores), std::end(state_.last_scores), state_.best_scores);
    best_parameters_ = parameters_;
  } else {
    ++state_.since_best;
  }
  if (!session_.is_root()) return;
  nlohmann::json line = {{"step", state_.step}, {"epoch", state_.position.epoch}};
  const double now = wall_seconds();
  for (const SplitName split : {SplitName::val, SplitName::test})
    for (const char* score : score_names) {
      const double v = score_of(state_.last_scores, split, score);
      if (!std::isfinite(v)) continue;
      const std::string key = std::string(split_names[static_cast<int>(split)]) + "/" + score;
      line[key] = v;
      if (EventWriter* events = session_.folder().events())
        events->scalar(key, static_cast<float>(v), state_.step, now);
    }
  session_.folder().metrics().write(line);
}

int64_t Trainer::trace_end() const {
  return options_.observe.trace_first + options_.observe.trace_steps;
}

// As soon as the steps to be traced are done, so that it is there whatever happens later.
void Trainer::write_trace() {
  if (!tracing_) return;
  tracing_ = false;
  if (trace_) trace_->set_step(-1);
  std::vector<std::string> events =
      session_.exchange().gather(trace_ ? trace_->events() : std::string());
  const int64_t dropped = trace_ ? trace_->dropped() : 0;
  if (dropped > 0)
    spdlog::warn("trace.json: {} events of rank {} did not fit", dropped,
                 session_.exchange().rank());
  std::erase(events, "");
  together(session_.exchange(), [&] {
    if (session_.is_root())
      write_atomically(real_files(), session_.folder().path() + "/trace.json", trace_file(events));
  });
}

void Trainer::stop() {
  save();
  write_trace();
  throw AgreedError(
      ExitCode::stopped,
      fmt::format("stopped at step {} with a checkpoint; continue with: laconic resume {}",
                  state_.step, session_.folder().path()),
      session_.is_root());
}

void Trainer::finish() {
  // A run cut short by run.max_steps may go on: its checkpoint must not know of an evaluation that
  // the uninterrupted run never makes.
  const bool cut_short = total_steps_ < schedule_steps_;
  if (cut_short) save();
  if (state_.evaluations == 0 || !at_evaluation()) evaluate();
  save();
  const std::string text = result().dump();  // collective: gathers the other ranks' figures
  write_trace();
  if (!session_.is_root()) return;
  progress_->finish(progress_state());
  const nlohmann::json result = nlohmann::json::parse(text);
  session_.folder().write_result(result);
  if (options_.observe.progress != "off") std::fputs(run_table(result).c_str(), stderr);
}

}  // namespace laconic
