# Draws what bars.py --columns prints: seconds of the collective alone and of the whole step, a panel a rate.
set terminal svg size 1000,760 font "sans,12"
set output picture
set multiplot layout 2,1
set logscale y
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8 border -1
set boxwidth 0.9
set grid y
set ylabel "seconds"
set xtics rotate by -30 noenhanced
set yrange [0.01:*]
set title "8 hosts, 100 Mbit/s, 14,728,266 elements, 1 % selected"
plot columns using 2:xtic(1) title "collective alone" linecolor rgb "#4477aa", '' using 3 title "whole step" linecolor rgb "#ccbb44"
set title "1 Gbit/s"
plot columns using 4:xtic(1) title "collective alone" linecolor rgb "#4477aa", '' using 5 title "whole step" linecolor rgb "#ccbb44"
