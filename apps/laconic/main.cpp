// Parses argv, runs the verb and returns its exit code. Only this file catches all errors.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "apps/laconic/run/agreement.hpp"
#include "apps/laconic/verbs/mistyped.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "apps/laconic/version.hpp"
#include "framework/base/failure.hpp"
#include "framework/base/short_spin.hpp"
#include "framework/base/signals.hpp"
#include "framework/observe/memory.hpp"

namespace laconic {
namespace {

std::string exit_code_table() {
  std::string text = "Exit codes:";
  for (const ExitCode code : exit_codes)
    text += fmt::format("\n  {:<4}{}", static_cast<int>(code), exit_code_name(code));
  return text;
}

// Ends the process if an exception cannot be caught: in a thread, in a destructor, or while another
// exception is in flight. Lack of memory is no bug, and there is no memory for a longer message.
[[noreturn]] void end_of_the_road() noexcept {
  try {
    if (const std::exception_ptr error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::bad_alloc&) {
    std::fputs("laconic: out of memory\n", stderr);
    std::_Exit(static_cast<int>(ExitCode::environment));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "laconic: internal error: %s\n", error.what());
  } catch (...) {
  }
  std::abort();
}

// Runs before everything else, since libraries allocate before main(), too.
[[gnu::constructor(101)]] void prepare_for_the_end() {
  std::set_terminate(end_of_the_road);
}

bool computes(int argc, char** argv) {
  return argc > 1 && std::ranges::any_of(verbs(), [&](const Verb& verb) {
           return verb.computes && std::string_view(verb.name) == argv[1];
         });
}

int run(int argc, char** argv) {
  CLI::App app("laconic: training where the network is what you wait for", "laconic");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("laconic ") + version::number);
  app.footer(exit_code_table());
  Action action;
  for (const Verb& verb : verbs())
    verb.add(Command(*app.add_subcommand(verb.name, verb.help)), action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::span<const char* const> words(argv + 1, static_cast<size_t>(std::max(argc - 1, 0)));
    if (const std::string text = mistyped(app, words); error.get_exit_code() != 0 && !text.empty())
      fail(ExitCode::usage, "{}", text);
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
  if (computes(argc, argv)) spin_briefly(argv);
  return_large_blocks();
  block_stop_signals();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "laconic", std::make_shared<spdlog::sinks::stderr_sink_mt>()));
  spdlog::set_pattern("%H:%M:%S %L %v");
  try {
    return run(argc, argv);
  } catch (const AgreedError& error) {
    if (error.mine()) std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& exception) {
    const Error error = as_error(exception);
    std::fprintf(stderr, "laconic: %s\n", error.what());
    return static_cast<int>(error.code());
  }
}
