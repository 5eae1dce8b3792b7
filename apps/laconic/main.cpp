// argv -> verb -> exit code. The only place that catches everything.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "apps/laconic/train/together.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "apps/laconic/version.hpp"
#include "framework/base/signals.hpp"

namespace laconic {
namespace {

int run(int argc, char** argv) {
  CLI::App app("laconic: training where the network is what you wait for", "laconic");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("laconic ") + version::number);
  app.footer(
      "Exit codes: 0 done, 64 usage, 65 data, 66 no checkpoint, 69 environment, 70 internal, 73 "
      "cannot create,\n"
      "74 I/O, 75 stopped with checkpoint, 76 communication, 78 configuration, 79 diverged");
  Action action;
  for (const Verb& verb : verbs())
    verb.add(Command(*app.add_subcommand(verb.name, verb.help)), action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  for (const Verb& verb : verbs())
    if (app.got_subcommand(verb.name) && !verb.polls_signals) unblock_stop_signals();
  return action();
}

}  // namespace
}  // namespace laconic

int main(int argc, char** argv) {
  using namespace laconic;
  block_stop_signals();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "laconic", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%H:%M:%S %L %v");
  try {
    return run(argc, argv);
  } catch (const AgreedError& error) {
    if (error.mine()) std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const Error& error) {
    std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "laconic: out of memory\n");
    return static_cast<int>(ExitCode::environment);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "laconic: internal error: %s\n", error.what());
    return static_cast<int>(ExitCode::internal);
  }
}
