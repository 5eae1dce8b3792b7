// Notices that a folder in use was moved, deleted or replaced by another one.
#pragma once

#include <string>

namespace laconic {

class HeldFolder {
 public:
  // The folder must exist. If it cannot be opened, it counts as in place for ever.
  explicit HeldFolder(const std::string& path);
  ~HeldFolder();
  HeldFolder(const HeldFolder&) = delete;
  HeldFolder& operator=(const HeldFolder&) = delete;

  // Returns whether the path still leads to the folder. An error of the file system counts as yes.
  bool is_in_place() const;
  // Returns the present path of the folder; empty if it was deleted.
  std::string present_path() const;

 private:
  std::string path_;
  int fd_ = -1;
};

}  // namespace laconic
