import { expect, test } from 'vitest';
import { formatUnit, loadUnits } from './units';

/** What Grafana writes for 0, 1, -2.5, 1234.567, 0.0042; the last with two decimals once more. */
const expected = `
none ; 0 ; 1 ; -2.50 ; 1235 ; 0.00420 ; 1234.57
string ; 0 ; 1 ; -2.5 ; 1234.567 ; 0.0042 ; 1234.567
short ; 0 ; 1 ; -2.50 ; 1.23 K ; 0.00420 ; 1.23 K
sishort ; 0  ; 1  ; -2.50  ; 1.23 k ; 4.20 m ; 1.23 k
percent ; 0% ; 1% ; -2.50% ; 1235% ; 0.00420% ; 1234.57%
percentunit ; 0% ; 100% ; -250% ; 123457% ; 0.420% ; 123456.70%
humidity ; 0 %H ; 1 %H ; -2.50 %H ; 1235 %H ; 0.00420 %H ; 1234.57 %H
dB ; 0 dB ; 1 dB ; -2.50 dB ; 1235 dB ; 0.00420 dB ; 1234.57 dB
candela ; 0 cd ; 1 cd ; -2.50 cd ; 1.23 kcd ; 4.20 mcd ; 1.23 kcd
hex0x ; 0x0 ; 0x1 ; -0x2.8 ; 0x4D3 ; 0x0.0113404EA4A8C15 ; 0x4D2.91EB851EB84
hex ; 0 ; 1 ; -2.8 ; 4D3 ; 0.0113404EA4A8C15 ; 4D2.91EB851EB84
sci ; 0e+0 ; 1e+0 ; -2.5e+0 ; 1.234567e+3 ; 4.2e-3 ; 1.23e+3
locale ; 0 ; 1 ; -2.5 ; 1,234.567 ; 0.004 ; 1,234.57
pixel ; 0 px ; 1 px ; -2.50 px ; 1235 px ; 0.00420 px ; 1234.57 px
accMS2 ; 0 m/sec² ; 1 m/sec² ; -2.50 m/sec² ; 1235 m/sec² ; 0.00420 m/sec² ; 1234.57 m/sec²
accFS2 ; 0 f/sec² ; 1 f/sec² ; -2.50 f/sec² ; 1235 f/sec² ; 0.00420 f/sec² ; 1234.57 f/sec²
accG ; 0 g ; 1 g ; -2.50 g ; 1235 g ; 0.00420 g ; 1234.57 g
degree ; 0 ° ; 1 ° ; -2.50 ° ; 1235 ° ; 0.00420 ° ; 1234.57 °
radian ; 0 rad ; 1 rad ; -2.50 rad ; 1235 rad ; 0.00420 rad ; 1234.57 rad
grad ; 0 grad ; 1 grad ; -2.50 grad ; 1235 grad ; 0.00420 grad ; 1234.57 grad
arcmin ; 0 arcmin ; 1 arcmin ; -2.50 arcmin ; 1235 arcmin ; 0.00420 arcmin ; 1234.57 arcmin
arcsec ; 0 arcsec ; 1 arcsec ; -2.50 arcsec ; 1235 arcsec ; 0.00420 arcsec ; 1234.57 arcsec
areaM2 ; 0 m² ; 1 m² ; -2.50 m² ; 1235 m² ; 0.00420 m² ; 1234.57 m²
areaF2 ; 0 ft² ; 1 ft² ; -2.50 ft² ; 1235 ft² ; 0.00420 ft² ; 1234.57 ft²
areaMI2 ; 0 mi² ; 1 mi² ; -2.50 mi² ; 1235 mi² ; 0.00420 mi² ; 1234.57 mi²
acres ; 0 ac ; 1 ac ; -2.50 ac ; 1235 ac ; 0.00420 ac ; 1234.57 ac
hectares ; 0 ha ; 1 ha ; -2.50 ha ; 1235 ha ; 0.00420 ha ; 1234.57 ha
flops ; 0 FLOPS ; 1 FLOPS ; -2.50 FLOPS ; 1.23 kFLOPS ; 4.20 mFLOPS ; 1.23 kFLOPS
mflops ; 0 MFLOPS ; 1 MFLOPS ; -2.50 MFLOPS ; 1.23 GFLOPS ; 4.20 kFLOPS ; 1.23 GFLOPS
gflops ; 0 GFLOPS ; 1 GFLOPS ; -2.50 GFLOPS ; 1.23 TFLOPS ; 4.20 MFLOPS ; 1.23 TFLOPS
tflops ; 0 TFLOPS ; 1 TFLOPS ; -2.50 TFLOPS ; 1.23 PFLOPS ; 4.20 GFLOPS ; 1.23 PFLOPS
pflops ; 0 PFLOPS ; 1 PFLOPS ; -2.50 PFLOPS ; 1.23 EFLOPS ; 4.20 TFLOPS ; 1.23 EFLOPS
eflops ; 0 EFLOPS ; 1 EFLOPS ; -2.50 EFLOPS ; 1.23 ZFLOPS ; 4.20 PFLOPS ; 1.23 ZFLOPS
zflops ; 0 ZFLOPS ; 1 ZFLOPS ; -2.50 ZFLOPS ; 1.23 YFLOPS ; 4.20 EFLOPS ; 1.23 YFLOPS
yflops ; 0 YFLOPS ; 1 YFLOPS ; -2.50 YFLOPS ; 1235 YFLOPS ; 4.20 ZFLOPS ; 1234.57 YFLOPS
ppm ; 0 ppm ; 1 ppm ; -2.50 ppm ; 1235 ppm ; 0.00420 ppm ; 1234.57 ppm
conppb ; 0 ppb ; 1 ppb ; -2.50 ppb ; 1235 ppb ; 0.00420 ppb ; 1234.57 ppb
conngm3 ; 0 ng/m³ ; 1 ng/m³ ; -2.50 ng/m³ ; 1235 ng/m³ ; 0.00420 ng/m³ ; 1234.57 ng/m³
conngNm3 ; 0 ng/Nm³ ; 1 ng/Nm³ ; -2.50 ng/Nm³ ; 1235 ng/Nm³ ; 0.00420 ng/Nm³ ; 1234.57 ng/Nm³
conμgm3 ; 0 μg/m³ ; 1 μg/m³ ; -2.50 μg/m³ ; 1235 μg/m³ ; 0.00420 μg/m³ ; 1234.57 μg/m³
conμgNm3 ; 0 μg/Nm³ ; 1 μg/Nm³ ; -2.50 μg/Nm³ ; 1235 μg/Nm³ ; 0.00420 μg/Nm³ ; 1234.57 μg/Nm³
conmgm3 ; 0 mg/m³ ; 1 mg/m³ ; -2.50 mg/m³ ; 1235 mg/m³ ; 0.00420 mg/m³ ; 1234.57 mg/m³
conmgNm3 ; 0 mg/Nm³ ; 1 mg/Nm³ ; -2.50 mg/Nm³ ; 1235 mg/Nm³ ; 0.00420 mg/Nm³ ; 1234.57 mg/Nm³
congm3 ; 0 g/m³ ; 1 g/m³ ; -2.50 g/m³ ; 1235 g/m³ ; 0.00420 g/m³ ; 1234.57 g/m³
congNm3 ; 0 g/Nm³ ; 1 g/Nm³ ; -2.50 g/Nm³ ; 1235 g/Nm³ ; 0.00420 g/Nm³ ; 1234.57 g/Nm³
conmgdL ; 0 mg/dL ; 1 mg/dL ; -2.50 mg/dL ; 1235 mg/dL ; 0.00420 mg/dL ; 1234.57 mg/dL
conmmolL ; 0 mmol/L ; 1 mmol/L ; -2.50 mmol/L ; 1235 mmol/L ; 0.00420 mmol/L ; 1234.57 mmol/L
currencyUSD ; $0 ; $1 ; -$2.50 ; $1.23K ; $0.00420 ; $1.23K
currencyGBP ; £0 ; £1 ; -£2.50 ; £1.23K ; £0.00420 ; £1.23K
currencyEUR ; €0 ; €1 ; -€2.50 ; €1.23K ; €0.00420 ; €1.23K
currencyJPY ; ¥0 ; ¥1 ; -¥2.50 ; ¥1.23K ; ¥0.00420 ; ¥1.23K
currencyRUB ; ₽0 ; ₽1 ; -₽2.50 ; ₽1.23K ; ₽0.00420 ; ₽1.23K
currencyUAH ; ₴0 ; ₴1 ; -₴2.50 ; ₴1.23K ; ₴0.00420 ; ₴1.23K
currencyBRL ; R$0 ; R$1 ; -R$2.50 ; R$1.23K ; R$0.00420 ; R$1.23K
currencyDKK ; 0kr ; 1kr ; -2.50kr ; 1.23Kkr ; 0.00420kr ; 1.23Kkr
currencyISK ; 0kr ; 1kr ; -2.50kr ; 1.23Kkr ; 0.00420kr ; 1.23Kkr
currencyNOK ; 0kr ; 1kr ; -2.50kr ; 1.23Kkr ; 0.00420kr ; 1.23Kkr
currencySEK ; 0kr ; 1kr ; -2.50kr ; 1.23Kkr ; 0.00420kr ; 1.23Kkr
currencyCZK ; czk0 ; czk1 ; -czk2.50 ; czk1.23K ; czk0.00420 ; czk1.23K
currencyCHF ; CHF0 ; CHF1 ; -CHF2.50 ; CHF1.23K ; CHF0.00420 ; CHF1.23K
currencyPLN ; PLN0 ; PLN1 ; -PLN2.50 ; PLN1.23K ; PLN0.00420 ; PLN1.23K
currencyBTC ; ฿0 ; ฿1 ; -฿2.50 ; ฿1.23K ; ฿0.00420 ; ฿1.23K
currencymBTC ; mBTC0 ; mBTC1 ; -mBTC2.50 ; mBTC1.23K ; mBTC0.00420 ; mBTC1.23K
currencyμBTC ; μBTC0 ; μBTC1 ; -μBTC2.50 ; μBTC1.23K ; μBTC0.00420 ; μBTC1.23K
currencyZAR ; R0 ; R1 ; -R2.50 ; R1.23K ; R0.00420 ; R1.23K
currencyINR ; ₹0 ; ₹1 ; -₹2.50 ; ₹1.23K ; ₹0.00420 ; ₹1.23K
currencyKRW ; ₩0 ; ₩1 ; -₩2.50 ; ₩1.23K ; ₩0.00420 ; ₩1.23K
currencyIDR ; Rp0 ; Rp1 ; -Rp2.50 ; Rp1.23K ; Rp0.00420 ; Rp1.23K
currencyPHP ; PHP0 ; PHP1 ; -PHP2.50 ; PHP1.23K ; PHP0.00420 ; PHP1.23K
currencyVND ; 0đ ; 1đ ; -2.50đ ; 1.23Kđ ; 0.00420đ ; 1.23Kđ
currencyTRY ; 0₺ ; 1₺ ; -2.50₺ ; 1.23K₺ ; 0.00420₺ ; 1.23K₺
currencyMYR ; RM0 ; RM1 ; -RM2.50 ; RM1.23K ; RM0.00420 ; RM1.23K
currencyXPF ; XPF0 ; XPF1 ; -XPF2.50 ; XPF1.23K ; XPF0.00420 ; XPF1.23K
currencyBGN ; BGN0 ; BGN1 ; -BGN2.50 ; BGN1.23K ; BGN0.00420 ; BGN1.23K
currencyPYG ; ₲0 ; ₲1 ; -₲2.50 ; ₲1.23K ; ₲0.00420 ; ₲1.23K
currencyUYU ; UYU0 ; UYU1 ; -UYU2.50 ; UYU1.23K ; UYU0.00420 ; UYU1.23K
currencyILS ; ₪0 ; ₪1 ; -₪2.50 ; ₪1.23K ; ₪0.00420 ; ₪1.23K
bytes ; 0 B ; 1 B ; -2.50 B ; 1.21 KiB ; 0.00420 B ; 1.21 KiB
decbytes ; 0 B ; 1 B ; -2.50 B ; 1.23 kB ; 4.20 mB ; 1.23 kB
bits ; 0 b ; 1 b ; -2.50 b ; 1.21 Kib ; 0.00420 b ; 1.21 Kib
decbits ; 0 b ; 1 b ; -2.50 b ; 1.23 kb ; 4.20 mb ; 1.23 kb
kbytes ; 0 KiB ; 1 KiB ; -2.50 KiB ; 1.21 MiB ; 4.30 B ; 1.21 MiB
deckbytes ; 0 kB ; 1 kB ; -2.50 kB ; 1.23 MB ; 4.20 B ; 1.23 MB
mbytes ; 0 MiB ; 1 MiB ; -2.50 MiB ; 1.21 GiB ; 4.30 KiB ; 1.21 GiB
decmbytes ; 0 MB ; 1 MB ; -2.50 MB ; 1.23 GB ; 4.20 kB ; 1.23 GB
gbytes ; 0 GiB ; 1 GiB ; -2.50 GiB ; 1.21 TiB ; 4.30 MiB ; 1.21 TiB
decgbytes ; 0 GB ; 1 GB ; -2.50 GB ; 1.23 TB ; 4.20 MB ; 1.23 TB
tbytes ; 0 TiB ; 1 TiB ; -2.50 TiB ; 1.21 PiB ; 4.30 GiB ; 1.21 PiB
dectbytes ; 0 TB ; 1 TB ; -2.50 TB ; 1.23 PB ; 4.20 GB ; 1.23 PB
pbytes ; 0 PiB ; 1 PiB ; -2.50 PiB ; 1.21 EiB ; 4.30 TiB ; 1.21 EiB
decpbytes ; 0 PB ; 1 PB ; -2.50 PB ; 1.23 EB ; 4.20 TB ; 1.23 EB
pps ; 0 p/s ; 1 p/s ; -2.50 p/s ; 1.23 kp/s ; 4.20 mp/s ; 1.23 kp/s
binBps ; 0 B/s ; 1 B/s ; -2.50 B/s ; 1.21 KiB/s ; 0.00420 B/s ; 1.21 KiB/s
Bps ; 0 B/s ; 1 B/s ; -2.50 B/s ; 1.23 kB/s ; 4.20 mB/s ; 1.23 kB/s
binbps ; 0 b/s ; 1 b/s ; -2.50 b/s ; 1.21 Kib/s ; 0.00420 b/s ; 1.21 Kib/s
bps ; 0 b/s ; 1 b/s ; -2.50 b/s ; 1.23 kb/s ; 4.20 mb/s ; 1.23 kb/s
KiBs ; 0 KiB/s ; 1 KiB/s ; -2.50 KiB/s ; 1.21 MiB/s ; 4.30 B/s ; 1.21 MiB/s
Kibits ; 0 Kib/s ; 1 Kib/s ; -2.50 Kib/s ; 1.21 Mib/s ; 4.30 b/s ; 1.21 Mib/s
KBs ; 0 kB/s ; 1 kB/s ; -2.50 kB/s ; 1.23 MB/s ; 4.20 B/s ; 1.23 MB/s
Kbits ; 0 kb/s ; 1 kb/s ; -2.50 kb/s ; 1.23 Mb/s ; 4.20 b/s ; 1.23 Mb/s
MiBs ; 0 MiB/s ; 1 MiB/s ; -2.50 MiB/s ; 1.21 GiB/s ; 4.30 KiB/s ; 1.21 GiB/s
Mibits ; 0 Mib/s ; 1 Mib/s ; -2.50 Mib/s ; 1.21 Gib/s ; 4.30 Kib/s ; 1.21 Gib/s
MBs ; 0 MB/s ; 1 MB/s ; -2.50 MB/s ; 1.23 GB/s ; 4.20 kB/s ; 1.23 GB/s
Mbits ; 0 Mb/s ; 1 Mb/s ; -2.50 Mb/s ; 1.23 Gb/s ; 4.20 kb/s ; 1.23 Gb/s
GiBs ; 0 GiB/s ; 1 GiB/s ; -2.50 GiB/s ; 1.21 TiB/s ; 4.30 MiB/s ; 1.21 TiB/s
Gibits ; 0 Gib/s ; 1 Gib/s ; -2.50 Gib/s ; 1.21 Tib/s ; 4.30 Mib/s ; 1.21 Tib/s
GBs ; 0 GB/s ; 1 GB/s ; -2.50 GB/s ; 1.23 TB/s ; 4.20 MB/s ; 1.23 TB/s
Gbits ; 0 Gb/s ; 1 Gb/s ; -2.50 Gb/s ; 1.23 Tb/s ; 4.20 Mb/s ; 1.23 Tb/s
TiBs ; 0 TiB/s ; 1 TiB/s ; -2.50 TiB/s ; 1.21 PiB/s ; 4.30 GiB/s ; 1.21 PiB/s
Tibits ; 0 Tib/s ; 1 Tib/s ; -2.50 Tib/s ; 1.21 Pib/s ; 4.30 Gib/s ; 1.21 Pib/s
TBs ; 0 TB/s ; 1 TB/s ; -2.50 TB/s ; 1.23 PB/s ; 4.20 GB/s ; 1.23 PB/s
Tbits ; 0 Tb/s ; 1 Tb/s ; -2.50 Tb/s ; 1.23 Pb/s ; 4.20 Gb/s ; 1.23 Pb/s
PiBs ; 0 PiB/s ; 1 PiB/s ; -2.50 PiB/s ; 1.21 EiB/s ; 4.30 TiB/s ; 1.21 EiB/s
Pibits ; 0 Pib/s ; 1 Pib/s ; -2.50 Pib/s ; 1.21 Eib/s ; 4.30 Tib/s ; 1.21 Eib/s
PBs ; 0 PB/s ; 1 PB/s ; -2.50 PB/s ; 1.23 EB/s ; 4.20 TB/s ; 1.23 EB/s
Pbits ; 0 Pb/s ; 1 Pb/s ; -2.50 Pb/s ; 1.23 Eb/s ; 4.20 Tb/s ; 1.23 Eb/s
dateTimeAsIso ; 1970-01-01 00:00:00 ; 1970-01-01 00:00:00 ; 1969-12-31 23:59:59 ; 1970-01-01 00:00:01 ; 1970-01-01 00:00:00 ; 1970-01-01 00:00:01
dateTimeAsUS ; 01/01/1970 12:00:00 am ; 01/01/1970 12:00:00 am ; 12/31/1969 11:59:59 pm ; 01/01/1970 12:00:01 am ; 01/01/1970 12:00:00 am ; 01/01/1970 12:00:01 am
dateTimeAsSystem ; 1970-01-01 00:00:00 ; 1970-01-01 00:00:00 ; 1969-12-31 23:59:59 ; 1970-01-01 00:00:01 ; 1970-01-01 00:00:00 ; 1970-01-01 00:00:01
watt ; 0 W ; 1 W ; -2.50 W ; 1.23 kW ; 4.20 mW ; 1.23 kW
kwatt ; 0 kW ; 1 kW ; -2.50 kW ; 1.23 MW ; 4.20 W ; 1.23 MW
megwatt ; 0 MW ; 1 MW ; -2.50 MW ; 1.23 GW ; 4.20 kW ; 1.23 GW
gwatt ; 0 GW ; 1 GW ; -2.50 GW ; 1.23 TW ; 4.20 MW ; 1.23 TW
mwatt ; 0 mW ; 1 mW ; -2.50 mW ; 1.23 W ; 4.20 µW ; 1.23 W
Wm2 ; 0 W/m² ; 1 W/m² ; -2.50 W/m² ; 1.23 kW/m² ; 4.20 mW/m² ; 1.23 kW/m²
voltamp ; 0 VA ; 1 VA ; -2.50 VA ; 1.23 kVA ; 4.20 mVA ; 1.23 kVA
kvoltamp ; 0 kVA ; 1 kVA ; -2.50 kVA ; 1.23 MVA ; 4.20 VA ; 1.23 MVA
voltampreact ; 0 VAr ; 1 VAr ; -2.50 VAr ; 1.23 kVAr ; 4.20 mVAr ; 1.23 kVAr
kvoltampreact ; 0 kVAr ; 1 kVAr ; -2.50 kVAr ; 1.23 MVAr ; 4.20 VAr ; 1.23 MVAr
watth ; 0 Wh ; 1 Wh ; -2.50 Wh ; 1.23 kWh ; 4.20 mWh ; 1.23 kWh
watthperkg ; 0 Wh/kg ; 1 Wh/kg ; -2.50 Wh/kg ; 1.23 kWh/kg ; 4.20 mWh/kg ; 1.23 kWh/kg
kwatth ; 0 kWh ; 1 kWh ; -2.50 kWh ; 1.23 MWh ; 4.20 Wh ; 1.23 MWh
kwattm ; 0 kW-Min ; 1 kW-Min ; -2.50 kW-Min ; 1.23 MW-Min ; 4.20 W-Min ; 1.23 MW-Min
mwatth ; 0 MWh ; 1 MWh ; -2.50 MWh ; 1.23 GWh ; 4.20 kWh ; 1.23 GWh
amph ; 0 Ah ; 1 Ah ; -2.50 Ah ; 1.23 kAh ; 4.20 mAh ; 1.23 kAh
kamph ; 0 kAh ; 1 kAh ; -2.50 kAh ; 1.23 MAh ; 4.20 Ah ; 1.23 MAh
mamph ; 0 mAh ; 1 mAh ; -2.50 mAh ; 1.23 Ah ; 4.20 µAh ; 1.23 Ah
joule ; 0 J ; 1 J ; -2.50 J ; 1.23 kJ ; 4.20 mJ ; 1.23 kJ
ev ; 0 eV ; 1 eV ; -2.50 eV ; 1.23 keV ; 4.20 meV ; 1.23 keV
amp ; 0 A ; 1 A ; -2.50 A ; 1.23 kA ; 4.20 mA ; 1.23 kA
kamp ; 0 kA ; 1 kA ; -2.50 kA ; 1.23 MA ; 4.20 A ; 1.23 MA
mamp ; 0 mA ; 1 mA ; -2.50 mA ; 1.23 A ; 4.20 µA ; 1.23 A
volt ; 0 V ; 1 V ; -2.50 V ; 1.23 kV ; 4.20 mV ; 1.23 kV
kvolt ; 0 kV ; 1 kV ; -2.50 kV ; 1.23 MV ; 4.20 V ; 1.23 MV
mvolt ; 0 mV ; 1 mV ; -2.50 mV ; 1.23 V ; 4.20 µV ; 1.23 V
dBm ; 0 dBm ; 1 dBm ; -2.50 dBm ; 1.23 kdBm ; 4.20 mdBm ; 1.23 kdBm
mohm ; 0 mΩ ; 1 mΩ ; -2.50 mΩ ; 1.23 Ω ; 4.20 µΩ ; 1.23 Ω
ohm ; 0 Ω ; 1 Ω ; -2.50 Ω ; 1.23 kΩ ; 4.20 mΩ ; 1.23 kΩ
kohm ; 0 kΩ ; 1 kΩ ; -2.50 kΩ ; 1.23 MΩ ; 4.20 Ω ; 1.23 MΩ
Mohm ; 0 MΩ ; 1 MΩ ; -2.50 MΩ ; 1.23 GΩ ; 4.20 kΩ ; 1.23 GΩ
farad ; 0 F ; 1 F ; -2.50 F ; 1.23 kF ; 4.20 mF ; 1.23 kF
µfarad ; 0 µF ; 1 µF ; -2.50 µF ; 1.23 mF ; 4.20 nF ; 1.23 mF
nfarad ; 0 nF ; 1 nF ; -2.50 nF ; 1.23 µF ; 4.20 pF ; 1.23 µF
pfarad ; 0 pF ; 1 pF ; -2.50 pF ; 1.23 nF ; 4.20 fF ; 1.23 nF
ffarad ; 0 fF ; 1 fF ; -2.50 fF ; 1.23 pF ; 0.00420 fF ; 1.23 pF
henry ; 0 H ; 1 H ; -2.50 H ; 1.23 kH ; 4.20 mH ; 1.23 kH
mhenry ; 0 mH ; 1 mH ; -2.50 mH ; 1.23 H ; 4.20 µH ; 1.23 H
µhenry ; 0 µH ; 1 µH ; -2.50 µH ; 1.23 mH ; 4.20 nH ; 1.23 mH
lumens ; 0 Lm ; 1 Lm ; -2.50 Lm ; 1.23 kLm ; 4.20 mLm ; 1.23 kLm
flowgpm ; 0 gpm ; 1 gpm ; -2.50 gpm ; 1235 gpm ; 0.00420 gpm ; 1234.57 gpm
flowcms ; 0 cms ; 1 cms ; -2.50 cms ; 1235 cms ; 0.00420 cms ; 1234.57 cms
flowcfs ; 0 cfs ; 1 cfs ; -2.50 cfs ; 1235 cfs ; 0.00420 cfs ; 1234.57 cfs
flowcfm ; 0 cfm ; 1 cfm ; -2.50 cfm ; 1235 cfm ; 0.00420 cfm ; 1234.57 cfm
litreh ; 0 L/h ; 1 L/h ; -2.50 L/h ; 1235 L/h ; 0.00420 L/h ; 1234.57 L/h
flowlpm ; 0 L/min ; 1 L/min ; -2.50 L/min ; 1235 L/min ; 0.00420 L/min ; 1234.57 L/min
flowmlpm ; 0 mL/min ; 1 mL/min ; -2.50 mL/min ; 1235 mL/min ; 0.00420 mL/min ; 1234.57 mL/min
lux ; 0 lux ; 1 lux ; -2.50 lux ; 1235 lux ; 0.00420 lux ; 1234.57 lux
forceNm ; 0 Nm ; 1 Nm ; -2.50 Nm ; 1.23 kNm ; 4.20 mNm ; 1.23 kNm
forcekNm ; 0 kNm ; 1 kNm ; -2.50 kNm ; 1.23 MNm ; 4.20 Nm ; 1.23 MNm
forceN ; 0 N ; 1 N ; -2.50 N ; 1.23 kN ; 4.20 mN ; 1.23 kN
forcekN ; 0 kN ; 1 kN ; -2.50 kN ; 1.23 MN ; 4.20 N ; 1.23 MN
Hs ; 0 H/s ; 1 H/s ; -2.50 H/s ; 1.23 kH/s ; 4.20 mH/s ; 1.23 kH/s
KHs ; 0 kH/s ; 1 kH/s ; -2.50 kH/s ; 1.23 MH/s ; 4.20 H/s ; 1.23 MH/s
MHs ; 0 MH/s ; 1 MH/s ; -2.50 MH/s ; 1.23 GH/s ; 4.20 kH/s ; 1.23 GH/s
GHs ; 0 GH/s ; 1 GH/s ; -2.50 GH/s ; 1.23 TH/s ; 4.20 MH/s ; 1.23 TH/s
THs ; 0 TH/s ; 1 TH/s ; -2.50 TH/s ; 1.23 PH/s ; 4.20 GH/s ; 1.23 PH/s
PHs ; 0 PH/s ; 1 PH/s ; -2.50 PH/s ; 1.23 EH/s ; 4.20 TH/s ; 1.23 EH/s
EHs ; 0 EH/s ; 1 EH/s ; -2.50 EH/s ; 1.23 ZH/s ; 4.20 PH/s ; 1.23 ZH/s
massmg ; 0 mg ; 1 mg ; -2.50 mg ; 1.23 g ; 4.20 µg ; 1.23 g
massg ; 0 g ; 1 g ; -2.50 g ; 1.23 kg ; 4.20 mg ; 1.23 kg
masslb ; 0 lb ; 1 lb ; -2.50 lb ; 1235 lb ; 0.00420 lb ; 1234.57 lb
masskg ; 0 kg ; 1 kg ; -2.50 kg ; 1.23 Mg ; 4.20 g ; 1.23 Mg
masst ; 0 t ; 1 t ; -2.50 t ; 1235 t ; 0.00420 t ; 1234.57 t
lengthmm ; 0 mm ; 1 mm ; -2.50 mm ; 1.23 m ; 4.20 µm ; 1.23 m
lengthin ; 0 in ; 1 in ; -2.50 in ; 1235 in ; 0.00420 in ; 1234.57 in
lengthft ; 0 ft ; 1 ft ; -2.50 ft ; 1235 ft ; 0.00420 ft ; 1234.57 ft
lengthm ; 0 m ; 1 m ; -2.50 m ; 1.23 km ; 4.20 mm ; 1.23 km
lengthkm ; 0 km ; 1 km ; -2.50 km ; 1.23 Mm ; 4.20 m ; 1.23 Mm
lengthmi ; 0 mi ; 1 mi ; -2.50 mi ; 1235 mi ; 0.00420 mi ; 1234.57 mi
pressurembar ; 0 mbar ; 1 mbar ; -2.50 mbar ; 1.23 bar ; 4.20 µbar ; 1.23 bar
pressurebar ; 0 bar ; 1 bar ; -2.50 bar ; 1.23 kbar ; 4.20 mbar ; 1.23 kbar
pressurekbar ; 0 kbar ; 1 kbar ; -2.50 kbar ; 1.23 Mbar ; 4.20 bar ; 1.23 Mbar
pressurepa ; 0 Pa ; 1 Pa ; -2.50 Pa ; 1.23 kPa ; 4.20 mPa ; 1.23 kPa
pressurehpa ; 0 hPa ; 1 hPa ; -2.50 hPa ; 1235 hPa ; 0.00420 hPa ; 1234.57 hPa
pressurekpa ; 0 kPa ; 1 kPa ; -2.50 kPa ; 1235 kPa ; 0.00420 kPa ; 1234.57 kPa
pressurehg ; 0 "Hg ; 1 "Hg ; -2.50 "Hg ; 1235 "Hg ; 0.00420 "Hg ; 1234.57 "Hg
pressurepsi ; 0psi ; 1psi ; -2.50psi ; 1.23ksi ; 0.00420psi ; 1.23ksi
radbq ; 0 Bq ; 1 Bq ; -2.50 Bq ; 1.23 kBq ; 4.20 mBq ; 1.23 kBq
radci ; 0 Ci ; 1 Ci ; -2.50 Ci ; 1.23 kCi ; 4.20 mCi ; 1.23 kCi
radgy ; 0 Gy ; 1 Gy ; -2.50 Gy ; 1.23 kGy ; 4.20 mGy ; 1.23 kGy
radrad ; 0 rad ; 1 rad ; -2.50 rad ; 1.23 krad ; 4.20 mrad ; 1.23 krad
radsv ; 0 Sv ; 1 Sv ; -2.50 Sv ; 1.23 kSv ; 4.20 mSv ; 1.23 kSv
radmsv ; 0 mSv ; 1 mSv ; -2.50 mSv ; 1.23 Sv ; 4.20 µSv ; 1.23 Sv
radusv ; 0 µSv ; 1 µSv ; -2.50 µSv ; 1.23 mSv ; 4.20 nSv ; 1.23 mSv
radrem ; 0 rem ; 1 rem ; -2.50 rem ; 1.23 krem ; 4.20 mrem ; 1.23 krem
radexpckg ; 0 C/kg ; 1 C/kg ; -2.50 C/kg ; 1.23 kC/kg ; 4.20 mC/kg ; 1.23 kC/kg
radr ; 0 R ; 1 R ; -2.50 R ; 1.23 kR ; 4.20 mR ; 1.23 kR
radsvh ; 0 Sv/h ; 1 Sv/h ; -2.50 Sv/h ; 1.23 kSv/h ; 4.20 mSv/h ; 1.23 kSv/h
radmsvh ; 0 mSv/h ; 1 mSv/h ; -2.50 mSv/h ; 1.23 Sv/h ; 4.20 µSv/h ; 1.23 Sv/h
radusvh ; 0 µSv/h ; 1 µSv/h ; -2.50 µSv/h ; 1.23 mSv/h ; 4.20 nSv/h ; 1.23 mSv/h
rotrpm ; 0 rpm ; 1 rpm ; -2.50 rpm ; 1235 rpm ; 0.00420 rpm ; 1234.57 rpm
rothz ; 0 Hz ; 1 Hz ; -2.50 Hz ; 1.23 kHz ; 4.20 mHz ; 1.23 kHz
rotkhz ; 0 kHz ; 1 kHz ; -2.50 kHz ; 1.23 MHz ; 4.20 Hz ; 1.23 MHz
rotmhz ; 0 MHz ; 1 MHz ; -2.50 MHz ; 1.23 GHz ; 4.20 kHz ; 1.23 GHz
rotghz ; 0 GHz ; 1 GHz ; -2.50 GHz ; 1.23 THz ; 4.20 MHz ; 1.23 THz
rotrads ; 0 rad/s ; 1 rad/s ; -2.50 rad/s ; 1235 rad/s ; 0.00420 rad/s ; 1234.57 rad/s
rotdegs ; 0 °/s ; 1 °/s ; -2.50 °/s ; 1235 °/s ; 0.00420 °/s ; 1234.57 °/s
celsius ; 0 °C ; 1 °C ; -2.50 °C ; 1235 °C ; 0.00420 °C ; 1234.57 °C
fahrenheit ; 0 °F ; 1 °F ; -2.50 °F ; 1235 °F ; 0.00420 °F ; 1234.57 °F
kelvin ; 0 K ; 1 K ; -2.50 K ; 1235 K ; 0.00420 K ; 1234.57 K
hertz ; 0 Hz ; 1 Hz ; -2.50 Hz ; 1.23 kHz ; 4.20 mHz ; 1.23 kHz
ns ; 0 ns ; 1 ns ; -2.50 ns ; 1.23 µs ; 0.00420 ns ; 1.23 µs
µs ; 0 µs ; 1 µs ; -2.50 µs ; 1.23 ms ; 0.00420 µs ; 1.23 ms
ms ; 0 ms ; 1 ms ; -2.50 ms ; 1.23 s ; 0.00420 ms ; 1.23 s
s ; 0 s ; 1 s ; -2.50 s ; 20.6 mins ; 4.20 ms ; 20.58 mins
m ; 0 min ; 1 min ; -2.50 min ; 20.6 hours ; 0.00420 min ; 20.58 hours
h ; 0 hour ; 1 hour ; -2.50 hour ; 7.35 weeks ; 0.00420 hour ; 7.35 weeks
d ; 0 day ; 1 day ; -2.50 days ; 3.38 years ; 0.00420 day ; 3.38 years
dtdurationms ; 0 milliseconds ; 1 millisecond ; 2 milliseconds ago ; 1 second ;  ; 1 second, 234 milliseconds
dtdurations ; 0 seconds ; 1 second ; 2 seconds ago ; 20 minutes ; 4 milliseconds ; 20 minutes, 34 seconds, 567 milliseconds
dthms ; 00:00:00 ; 00:00:01 ; 00:00:02 ago ; 00:20:34 ; 00:00:00 ; 00:20:34
dtdhms ; 00:00:00 ; 00:00:01 ; 00:00:02 ago ; 00:20:34 ; 00:00:00 ; 00:20:34
timeticks ; 0 s ; 10 ms ; -25 ms ; 12.3 s ; 42 µs ; 12.35 s
clockms ; 000ms ; 001ms ; -002ms ; 01s:234ms ; 000ms ; 01s:234ms
clocks ; 000ms ; 01s:000ms ; -02s:500ms ; 20m:34s:567ms ; 004ms ; 20m:34s:567ms
cps ; 0 c/s ; 1 c/s ; -2.50 c/s ; 1.23K c/s ; 0.00420 c/s ; 1.23K c/s
ops ; 0 ops/s ; 1 ops/s ; -2.50 ops/s ; 1.23K ops/s ; 0.00420 ops/s ; 1.23K ops/s
reqps ; 0 req/s ; 1 req/s ; -2.50 req/s ; 1.23K req/s ; 0.00420 req/s ; 1.23K req/s
rps ; 0 rd/s ; 1 rd/s ; -2.50 rd/s ; 1.23K rd/s ; 0.00420 rd/s ; 1.23K rd/s
wps ; 0 wr/s ; 1 wr/s ; -2.50 wr/s ; 1.23K wr/s ; 0.00420 wr/s ; 1.23K wr/s
iops ; 0 io/s ; 1 io/s ; -2.50 io/s ; 1.23K io/s ; 0.00420 io/s ; 1.23K io/s
eps ; 0 evt/s ; 1 evt/s ; -2.50 evt/s ; 1.23K evt/s ; 0.00420 evt/s ; 1.23K evt/s
mps ; 0 msg/s ; 1 msg/s ; -2.50 msg/s ; 1.23K msg/s ; 0.00420 msg/s ; 1.23K msg/s
recps ; 0 rec/s ; 1 rec/s ; -2.50 rec/s ; 1.23K rec/s ; 0.00420 rec/s ; 1.23K rec/s
rowsps ; 0 rows/s ; 1 rows/s ; -2.50 rows/s ; 1.23K rows/s ; 0.00420 rows/s ; 1.23K rows/s
cpm ; 0 c/m ; 1 c/m ; -2.50 c/m ; 1.23K c/m ; 0.00420 c/m ; 1.23K c/m
opm ; 0 ops/m ; 1 ops/m ; -2.50 ops/m ; 1.23K ops/m ; 0.00420 ops/m ; 1.23K ops/m
reqpm ; 0 req/m ; 1 req/m ; -2.50 req/m ; 1.23K req/m ; 0.00420 req/m ; 1.23K req/m
rpm ; 0 rd/m ; 1 rd/m ; -2.50 rd/m ; 1.23K rd/m ; 0.00420 rd/m ; 1.23K rd/m
wpm ; 0 wr/m ; 1 wr/m ; -2.50 wr/m ; 1.23K wr/m ; 0.00420 wr/m ; 1.23K wr/m
epm ; 0 evts/m ; 1 evts/m ; -2.50 evts/m ; 1.23K evts/m ; 0.00420 evts/m ; 1.23K evts/m
mpm ; 0 msgs/m ; 1 msgs/m ; -2.50 msgs/m ; 1.23K msgs/m ; 0.00420 msgs/m ; 1.23K msgs/m
recpm ; 0 rec/m ; 1 rec/m ; -2.50 rec/m ; 1.23K rec/m ; 0.00420 rec/m ; 1.23K rec/m
rowspm ; 0 rows/m ; 1 rows/m ; -2.50 rows/m ; 1.23K rows/m ; 0.00420 rows/m ; 1.23K rows/m
velocityms ; 0 m/s ; 1 m/s ; -2.50 m/s ; 1235 m/s ; 0.00420 m/s ; 1234.57 m/s
velocitykmh ; 0 km/h ; 1 km/h ; -2.50 km/h ; 1235 km/h ; 0.00420 km/h ; 1234.57 km/h
velocitymph ; 0 mph ; 1 mph ; -2.50 mph ; 1235 mph ; 0.00420 mph ; 1234.57 mph
velocityknot ; 0 kn ; 1 kn ; -2.50 kn ; 1235 kn ; 0.00420 kn ; 1234.57 kn
mlitre ; 0 mL ; 1 mL ; -2.50 mL ; 1.23 L ; 4.20 µL ; 1.23 L
litre ; 0 L ; 1 L ; -2.50 L ; 1.23 kL ; 4.20 mL ; 1.23 kL
m3 ; 0 m³ ; 1 m³ ; -2.50 m³ ; 1235 m³ ; 0.00420 m³ ; 1234.57 m³
Nm3 ; 0 Nm³ ; 1 Nm³ ; -2.50 Nm³ ; 1235 Nm³ ; 0.00420 Nm³ ; 1234.57 Nm³
dm3 ; 0 dm³ ; 1 dm³ ; -2.50 dm³ ; 1235 dm³ ; 0.00420 dm³ ; 1234.57 dm³
gallons ; 0 gal ; 1 gal ; -2.50 gal ; 1235 gal ; 0.00420 gal ; 1234.57 gal
bool ; False ; True ; True ; True ; True ; True
bool_yes_no ; No ; Yes ; Yes ; Yes ; Yes ; Yes
bool_on_off ; Off ; On ; On ; On ; On ; On
suffix:foo ; 0 foo ; 1 foo ; -2.50 foo ; 1235 foo ; 0.00420 foo ; 1234.57 foo
prefix:x ; x0 ; x1 ; x-2.50 ; x1235 ; x0.00420 ; x1234.57
si:mF ; 0 mF ; 1 mF ; -2.50 mF ; 1.23 F ; 4.20 µF ; 1.23 F
count:req ; 0 req ; 1 req ; -2.50 req ; 1.23K req ; 0.00420 req ; 1.23K req
currency:$ ; $0 ; $1 ; -$2.50 ; $1.23K ; $0.00420 ; $1.23K
time:YYYY-MM ; 1970-01 ; 1970-01 ; 1969-12 ; 1970-01 ; 1970-01 ; 1970-01
bool:up/down ; down ; up ; up ; up ; up ; up
widgets ; 0 widgets ; 1 widgets ; -2.50 widgets ; 1235 widgets ; 0.00420 widgets ; 1234.57 widgets
`;

const values = [0, 1, -2.5, 1234.567, 0.0042];

test('all units are written as Grafana does', async () => {
  await loadUnits(['mbytes']);
  const rows = expected.trim().split('\n');
  expect(rows.length).toBeGreaterThan(250);
  const written = rows.map((row) => {
    const unit = row.slice(0, row.indexOf(' ; '));
    const texts = values.map((value) => formatUnit(unit, value, undefined, 'utc'));
    texts.push(formatUnit(unit, 1234.567, 2, 'utc'));
    return [unit, ...texts.map(({ prefix, text, suffix }) => prefix + text + suffix)].join(' ; ').trim();
  });
  expect(written).toEqual(rows.map((row) => row.trim()));
});
