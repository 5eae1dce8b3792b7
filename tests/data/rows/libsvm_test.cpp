// Rows in libsvm's text format.
#include "data/rows/libsvm.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "framework/base/error.hpp"
#include "tests/framework/base/temporary_folder.hpp"

namespace laconic::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Libsvm : public testing::Test {
 protected:
  Rows read(const std::string& text) {
    std::ofstream(file_) << text;
    return read_libsvm(file_);
  }
  std::string error_of(const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      return error.what();
    }
    return "";
  }
  const TemporaryFolder folder_;
  const std::string file_ = folder_ / "rows.svm";
};

TEST_F(Libsvm, RowsAreRead) {
  const Rows rows = read("-1 3:1 11:0.5 \n+1\n\n1.0 1:-2e-1 # a remark\r\n");
  EXPECT_THAT(rows.starts, ElementsAre(0, 2, 2, 3));
  EXPECT_THAT(rows.columns, ElementsAre(2, 10, 0));
  EXPECT_THAT(rows.values, ElementsAre(1, 0.5f, -0.2f));
  EXPECT_THAT(rows.labels, ElementsAre(0, 1, 1));
  EXPECT_EQ(rows.dimension, 11);
}

TEST_F(Libsvm, TheLargerOfTwoLabelsIsPositive) {
  EXPECT_THAT(read("0\n1\n").labels, ElementsAre(0, 1));
  EXPECT_THAT(read("2\n1").labels, ElementsAre(1, 0));
}

TEST_F(Libsvm, MistakesAreNamedWithTheirLine) {
  EXPECT_THAT(error_of("1 1:1\n-1 2;1\n"), HasSubstr("line 2: at ';1'; allowed: column:value"));
  EXPECT_THAT(error_of("one 1:1\n"), HasSubstr("line 1: at 'one 1:1'; allowed: a label"));
  EXPECT_THAT(error_of("1 0:1\n"), HasSubstr("columns from 1 that ascend"));
  EXPECT_THAT(error_of("1 2:1 2:1\n"), HasSubstr("columns from 1 that ascend"));
  EXPECT_THAT(error_of("1 2:nan\n"), HasSubstr("allowed: a finite number"));
  EXPECT_THAT(error_of("1 99999999999:1\n"), HasSubstr("allowed: a column"));
  EXPECT_THAT(error_of("1 1:1\n1 1:2\n"), HasSubstr("1 labels in 2 rows; allowed: two"));
  EXPECT_THAT(error_of(""), HasSubstr("0 labels in 0 rows"));
}

}  // namespace
}  // namespace laconic::data
