# gnuplot -e "points='scaling.txt'; picture='scaling.svg'" scaling.gnuplot
set terminal svg size 960,380 font 'sans-serif,12' background rgb 'white'
set output picture
set multiplot layout 1,3 margins 0.08,0.985,0.15,0.9 spacing 0.05,0
set logscale xy 2
set grid lc rgb '#dddddd'
set xlabel 'ranks'
set xtics 2,4
set format x '%.0f'
set yrange [0.25:256]
set key bottom left reverse Left
networks = "'10 Gbit/s, 30 µs' '100 Gbit/s, 5 µs' '80 Gbit/s, 1.5 µs'"
# Li and Hoefler (PPoPP 2022): BERT on 256 GPUs, whole steps, beside the other methods they ran.
$published << EOD
256 3.29
256 12.95
EOD
do for [n = 0:2] {
  set title word(networks, n + 1)
  if (n == 0) { set ylabel 'times as fast as the best dense sum' } else { unset ylabel; unset key }
  plot 1 notitle lc rgb '#888888' dt 2, \
       $published             with linespoints lw 6 pt 0 lc rgb '#99888888' title 'published, whole steps', \
       points index 4 * n     with linespoints lw 2 pt 7 lc rgb '#0072b2' title 'Ok-Topk', \
       points index 4 * n + 1 with linespoints lw 1 pt 5 lc rgb '#e69f00' title 'SparDL-style', \
       points index 4 * n + 2 with linespoints lw 1 pt 9 lc rgb '#009e73' title 'gTopk', \
       points index 4 * n + 3 with linespoints lw 1 pt 11 lc rgb '#cc79a7' title 'TopkA'
}
unset multiplot
