#include "data/images/formats/picture.hpp"

#include "data/images/formats/picture_codecs.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {

Picture decode(std::string_view content, const std::string& path) {
  Picture picture;
  std::string problem;
  if (content.starts_with("\x89PNG"))
    problem = decode_png(content, picture);
  else if (content.starts_with("\xff\xd8\xff"))
    problem = decode_jpeg(content, picture);
  else
    problem = "is neither PNG nor JPEG; mogrify -format png FILE converts it";
  if (!problem.empty()) fail(ExitCode::data, "{}: {}", path, problem);
  return picture;
}

}  // namespace laconic::data
