// PNG and JPEG images in folders; see image_folder.cpp.
#pragma once

#include "data/images/source.hpp"

namespace laconic::data {

struct ImageFolderOptions {
  std::string folder;
  double validation = 0.1;  // shares of the images where the folder has no val or test
  double test = 0.2;
  void describe(config::Fields& f);
};

struct ImageFolderSource final : ImageSource {
  ImageFolderOptions image_folder;

  void describe(config::Fields& f) override;
  void check(const config::Checks& checks) const override;
  Images load(int64_t seed) const override;
};

// Returns whether a folder has PNG or JPEG files, directly or up to two folders below.
bool is_image_folder(const std::string& folder);

}  // namespace laconic::data
