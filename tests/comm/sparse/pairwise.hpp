// Few rows out of a large product, in which every two levels of two different factors still meet.
#pragma once

#include <algorithm>
#include <vector>

namespace laconic::comm::test {

// levels: how many each factor has. A row has one level a factor. Greedy, always the same rows.
inline std::vector<std::vector<int>> pairwise_rows(const std::vector<int>& levels) {
  const auto factors = static_cast<int>(levels.size());
  int total = 0;
  std::vector<int> first;  // of each factor among all levels
  for (const int count : levels) {
    first.push_back(total);
    total += count;
  }
  std::vector<bool> met(total * total, false);
  const auto meet = [&](int f, int a, int g, int b) {
    return met[(first[f] + a) * total + first[g] + b];
  };
  std::vector<std::vector<int>> rows;
  std::vector<int> row;
  // What a level would add to the row so far.
  const auto gain = [&](int f, int level) {
    int new_pairs = 0;
    for (int g = 0; g < factors; ++g)
      if (g != f && row[g] >= 0 && !meet(f, level, g, row[g])) ++new_pairs;
    return new_pairs;
  };
  for (int f = 0; f < factors; ++f)
    for (int a = 0; a < levels[f]; ++a)
      for (int g = f + 1; g < factors; ++g)
        for (int b = 0; b < levels[g]; ++b) {
          if (meet(f, a, g, b)) continue;
          row.assign(factors, -1);
          row[f] = a;
          row[g] = b;
          for (int h = 0; h < factors; ++h) {
            if (row[h] >= 0) continue;
            const int turn = static_cast<int>(rows.size()) % levels[h];
            int best = turn;
            for (int i = 0; i < levels[h]; ++i)  // of equals another one every row
              if (const int level = (turn + i) % levels[h]; gain(h, level) > gain(h, best))
                best = level;
            row[h] = best;
          }
          for (int h = 0; h < factors; ++h)
            for (int i = 0; i < factors; ++i)
              if (h != i) met[(first[h] + row[h]) * total + first[i] + row[i]] = true;
          rows.push_back(row);
        }
  return rows;
}

}  // namespace laconic::comm::test
