// report: compares runs on one HTML page.
#include <memory>

#include "apps/laconic/report/write.hpp"
#include "apps/laconic/verbs/verb.hpp"

namespace laconic {

void add_report(const Command& command, Action& action) {
  auto runs = std::make_shared<std::vector<std::string>>();
  auto output = std::make_shared<std::string>("report.html");
  command.option("runs", *runs, "folders of the runs to compare").required();
  command.option("-o,--out", *output, "path of the page").show_default();
  command.when_given([=, &action] {
    action = [=] {
      report::write_page(real_files(), *runs, *output);
      return 0;
    };
  });
}

}  // namespace laconic
