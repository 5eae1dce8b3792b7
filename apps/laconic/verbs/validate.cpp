// validate and schema: check a configuration, and print its keys. They load no data.
#include <cstdio>
#include <memory>

#include "apps/laconic/run/config.hpp"
#include "apps/laconic/sweep/sweep_schema.hpp"
#include "apps/laconic/verbs/verb.hpp"
#include "apps/laconic/version.hpp"
#include "framework/config/schema.hpp"

namespace laconic {

void add_validate(const Command& command, Action& action) {
  auto arguments = std::make_shared<ConfigArguments>();
  auto print = std::make_shared<bool>(false);
  arguments->add_to(command);
  command.flag("--print", *print,
               "print the resolved configuration with the origin of every value");
  command.when_given([=, &action] {
    action = [=] {
      const Config config = load_config(arguments->file, arguments->overrides);
      for (const std::string& notice : config.resolved().notices())
        std::fprintf(stderr, "note: %s\n", notice.c_str());
      if (*print)
        std::fputs(config.resolved().to_yaml().c_str(), stdout);
      else
        std::printf("%s: valid, hash %s\n", arguments->file.c_str(),
                    config.resolved().hash().substr(0, 12).c_str());
      return 0;
    };
  });
}

void add_schema(const Command& command, Action& action) {
  auto path = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("text");
  command.option("key", *path, "a key or group, e.g. optimizer.lr; default: everything");
  command.option("--format", *format, "text, markdown or json")
      .one_of({"text", "markdown", "json"});
  auto sweep = std::make_shared<bool>(false);
  command.flag("--sweep", *sweep, "print the JSON Schema of sweep files instead");
  command.when_given([=, &action] {
    action = [=] {
      Config config;
      config::Fields fields;
      config.describe(fields);
      const auto id = [](const char* what) {
        return fmt::format("urn:laconic:{}:{}", what, version::number);
      };
      std::string text;
      if (*sweep)
        text = sweep::sweep_schema(fields, id("sweep")).dump(2) + "\n";
      else if (*format == "markdown")
        text = config::markdown(fields, "Configuration keys");
      else if (*format == "json")
        text = config::json_schema(fields, id("configuration"), "laconic configuration").dump(2) +
               "\n";
      else
        text = config::help_text(fields, *path);
      std::fputs(text.c_str(), stdout);
      return 0;
    };
  });
}

}  // namespace laconic
