/* Positions and distances on the WGS 84 ellipsoid, as `cop.model.coordinates` and `.measure` have
   them: degrees, lon before lat, nautical miles, true bearings. Nothing here touches the page. */
(function () {
  "use strict";
  const cop = window.cop;
  const A = 6378137;
  const F = 1 / 298.257223563;
  const B = A * (1 - F);
  const NM = 1852;
  const RAD = Math.PI / 180;
  const turn360 = (degrees) => ((degrees % 360) + 360) % 360;
  const turned = (lon) => (lon >= -180 && lon <= 180 ? lon : turn360(lon + 180) - 180);

  /* Vincenty's inverse; null where it does not settle, which is near the other side of the globe. */
  function vincenty(lon1, lat1, lon2, lat2) {
    const L = turned(lon2 - lon1) * RAD;
    const u1 = Math.atan((1 - F) * Math.tan(lat1 * RAD));
    const u2 = Math.atan((1 - F) * Math.tan(lat2 * RAD));
    const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    let lambda = L;
    for (let n = 0; n < 100; n += 1) {
      const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
      const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
      if (sinSigma === 0) return [0, 0, 0];
      const cosSigma = s1 * s2 + c1 * c2 * cl;
      const sigma = Math.atan2(sinSigma, cosSigma);
      const sinAlpha = (c1 * c2 * sl) / sinSigma;
      const cosSqAlpha = 1 - sinAlpha * sinAlpha;
      const cos2 = cosSqAlpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cosSqAlpha;
      const C = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
      const before = lambda;
      lambda = L + (1 - C) * F * sinAlpha *
        (sigma + C * sinSigma * (cos2 + C * cosSigma * (2 * cos2 * cos2 - 1)));
      if (Math.abs(lambda) > Math.PI) return null;
      if (Math.abs(lambda - before) > 1e-12) continue;
      const [k, dSigma] = series(cosSqAlpha, sigma, sinSigma, cosSigma, cos2);
      return [B * k * (sigma - dSigma),
        turn360(Math.atan2(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda)) / RAD),
        turn360(Math.atan2(c1 * Math.sin(lambda), -s1 * c2 + c1 * s2 * Math.cos(lambda)) / RAD + 180)];
    }
    return null;
  }
  function series(cosSqAlpha, sigma, sinSigma, cosSigma, cos2) {
    const uSq = (cosSqAlpha * (A * A - B * B)) / (B * B);
    const k = 1 + (uSq / 16384) * (4096 + uSq * (-768 + uSq * (320 - 175 * uSq)));
    const q = (uSq / 1024) * (256 + uSq * (-128 + uSq * (74 - 47 * uSq)));
    return [k, q * sinSigma * (cos2 + (q / 4) * (cosSigma * (2 * cos2 * cos2 - 1) -
      (q / 6) * cos2 * (4 * sinSigma * sinSigma - 3) * (4 * cos2 * cos2 - 3)))];
  }
  /* On a sphere of a size that is right to 0.06 % near the other side of the globe. */
  const ANTIPODAL_RADIUS = 6369200;
  function sphere(lon1, lat1, lon2, lat2) {
    const d = (lon2 - lon1) * RAD;
    const [s1, c1] = [Math.sin(lat1 * RAD), Math.cos(lat1 * RAD)];
    const [s2, c2] = [Math.sin(lat2 * RAD), Math.cos(lat2 * RAD)];
    const x = c1 * s2 - s1 * c2 * Math.cos(d);
    const angle = Math.atan2(Math.hypot(c2 * Math.sin(d), x), s1 * s2 + c1 * c2 * Math.cos(d));
    return [angle * ANTIPODAL_RADIUS, turn360(Math.atan2(c2 * Math.sin(d), x) / RAD),
      turn360(Math.atan2(-c1 * Math.sin(d), c2 * s1 - s2 * c1 * Math.cos(d)) / RAD)];
  }

  /* The leg between two positions: distance, bearing where it starts, bearing back from its end.
     Towards the other side of the globe ways lead all round: then `sure` is false. */
  function leg(lon1, lat1, lon2, lat2) {
    const exact = vincenty(lon1, lat1, lon2, lat2);
    const [metres, bearing, reverse] = exact ?? sphere(lon1, lat1, lon2, lat2);
    return { nm: metres / NM, bearing, reverse, sure: exact !== null };
  }

  /* Where one comes on a true bearing after a distance; its longitude goes on past 180°. */
  function goFrom(lon, lat, bearing, nm) {
    const [sa, ca] = [Math.sin(bearing * RAD), Math.cos(bearing * RAD)];
    const tanU = (1 - F) * Math.tan(lat * RAD);
    const cosU = 1 / Math.sqrt(1 + tanU * tanU);
    const sinU = tanU * cosU;
    const sigma1 = Math.atan2(tanU, ca);
    const sinAlpha = cosU * sa;
    const cosSqAlpha = 1 - sinAlpha * sinAlpha;
    let sigma = (nm * NM) / B;
    let cos2 = 0;
    const [k] = series(cosSqAlpha, 0, 0, 1, 1);
    for (let n = 0; n < 60; n += 1) {
      cos2 = Math.cos(2 * sigma1 + sigma);
      const dSigma = series(cosSqAlpha, sigma, Math.sin(sigma), Math.cos(sigma), cos2)[1];
      const next = (nm * NM) / (B * k) + dSigma;
      const settled = Math.abs(next - sigma) < 1e-13;
      sigma = next;
      if (settled) break;
    }
    const [ss, cs] = [Math.sin(sigma), Math.cos(sigma)];
    const x = sinU * ss - cosU * cs * ca;
    const lat2 = Math.atan2(sinU * cs + cosU * ss * ca, (1 - F) * Math.hypot(sinAlpha, x));
    const lambda = Math.atan2(ss * sa, cosU * cs - sinU * ss * ca);
    const C = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
    const L = lambda - (1 - C) * F * sinAlpha *
      (sigma + C * ss * (cos2 + C * cs * (2 * cos2 * cos2 - 1)));
    return [lon + L / RAD, lat2 / RAD];
  }

  /* Longitudes that follow on each other, so that nothing streaks across the map at 180°. */
  function unwrap(points) {
    for (let n = 1; n < points.length; n += 1) {
      points[n][0] -= 360 * Math.round((points[n][0] - points[n - 1][0]) / 360);
    }
    return points;
  }
  /* The geodesic between two positions as points about so far apart, ends included. */
  function line(lon1, lat1, lon2, lat2, step = 60) {
    const { nm, bearing } = leg(lon1, lat1, lon2, lat2);
    const parts = Math.min(360, Math.max(1, Math.ceil(nm / step)));
    const points = [[lon1, lat1]];
    for (let n = 1; n < parts; n += 1) points.push(goFrom(lon1, lat1, bearing, (nm * n) / parts));
    return unwrap([...points, [lon2, lat2]]);
  }
  /* The circle round a position, closed; round a pole it runs the whole width of the map. */
  function ring(lon, lat, nm, count = 96) {
    const points = [];
    for (let n = 0; n <= count; n += 1) points.push(goFrom(lon, lat, (360 * n) / count, nm));
    return unwrap(points);
  }

  const POINTS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split(" ");
  const say = ({ nm, bearing, sure }) => `${nm.toFixed(1)} nm, ` + (sure
    ? `${String(Math.round(bearing) % 360).padStart(3, "0")}°T (${POINTS[Math.round(turn360(bearing) / 22.5) % 16]})`
    : "no one bearing so near the other side of the globe");

  /* Half a unit goes to the even one, as Python rounds. */
  function roundEven(value) {
    const down = Math.floor(value);
    const rest = value - down;
    if (rest !== 0.5) return Math.round(value);
    return down % 2 === 0 ? down : down + 1;
  }
  const wide = (value, width) => String(value).padStart(width, "0");
  function ddm(value, width, plus, minus) {
    const all = roundEven(Math.abs(value) * 6000);
    const minutes = all % 6000;
    return `${wide(Math.floor(all / 6000), width)}°${(minutes / 100).toFixed(2).padStart(5, "0")}'` +
      (value < 0 && all ? minus : plus);
  }
  function dms(value, width, plus, minus) {
    const all = roundEven(Math.abs(value) * 36000);
    const tenths = all % 600;
    return `${wide(Math.floor(all / 36000), width)}°${wide(Math.floor(all / 600) % 60, 2)}'` +
      `${wide(Math.floor(tenths / 10), 2)}.${tenths % 10}"${value < 0 && all ? minus : plus}`;
  }

  /* UTM by Krüger's series to the sixth order (Karney 2011, 36), to the nanometre in a zone. */
  const N = F / (2 - F);
  const N2 = N * N, N3 = N2 * N, N4 = N2 * N2, N5 = N4 * N, N6 = N3 * N3;
  const MERIDIAN = (A / (1 + N)) * (1 + N2 / 4 + N4 / 64 + N6 / 256);
  const ALPHA = [
    N / 2 - (2 * N2) / 3 + (5 * N3) / 16 + (41 * N4) / 180 - (127 * N5) / 288 + (7891 * N6) / 37800,
    (13 * N2) / 48 - (3 * N3) / 5 + (557 * N4) / 1440 + (281 * N5) / 630 - (1983433 * N6) / 1935360,
    (61 * N3) / 240 - (103 * N4) / 140 + (15061 * N5) / 26880 + (167603 * N6) / 181440,
    (49561 * N4) / 161280 - (179 * N5) / 168 + (6601661 * N6) / 7257600,
    (34729 * N5) / 80640 - (3418889 * N6) / 1995840,
    (212378941 * N6) / 319334400,
  ];
  const E = Math.sqrt(F * (2 - F));
  function utm(lon, lat, zone) {
    const lambda = turned(lon - (zone * 6 - 183)) * RAD;
    const sinPhi = Math.sin(lat * RAD);
    const t = Math.sinh(Math.atanh(sinPhi) - E * Math.atanh(E * sinPhi));
    const xi = Math.atan2(t, Math.cos(lambda));
    const eta = Math.asinh(Math.sin(lambda) / Math.hypot(t, Math.cos(lambda)));
    let [x, y] = [eta, xi];
    ALPHA.forEach((a, n) => {
      const k = 2 * (n + 1);
      x += a * Math.cos(k * xi) * Math.sinh(k * eta);
      y += a * Math.sin(k * xi) * Math.cosh(k * eta);
    });
    return [500000 + 0.9996 * MERIDIAN * x, 0.9996 * MERIDIAN * y + (lat < 0 ? 1e7 : 0)];
  }
  /* UPS: polar stereographic, 0.994 at the pole, two million metres to each side. */
  function ups(lon, lat) {
    const north = lat >= 0;
    const sinPhi = Math.sin(Math.abs(lat) * RAD);
    const t = Math.exp(E * Math.atanh(E * sinPhi) - Math.atanh(sinPhi));
    const scale = (2 * A * 0.994) / Math.sqrt((1 + E) ** (1 + E) * (1 - E) ** (1 - E));
    const rho = Math.abs(lat) === 90 ? 0 : scale * t;
    return [2e6 + rho * Math.sin(lon * RAD), 2e6 + (north ? -1 : 1) * rho * Math.cos(lon * RAD)];
  }
  function zoneOf(lon, lat) {
    let zone = Math.min(60, Math.floor((turned(lon) + 180) / 6) + 1);
    if (turned(lon) === 180) zone = 1;
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) zone = 32; /* Norway */
    if (lat >= 72 && lon >= 0 && lon < 42) { /* Svalbard */
      if (lon < 9) zone = 31;
      else if (lon < 21) zone = 33;
      else if (lon < 33) zone = 35;
      else zone = 37;
    }
    return zone;
  }
  const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  const HAIR = 0.0005; /* half a millimetre: where the reference library draws the line, too */
  const digits = (metres) => wide(Math.floor(metres % 100000), 5);
  /* Beyond UTM: letter pairs of UPS (NGA.STND.0037, table 3-2): columns without D E I M N O V W. */
  const POLAR = {
    A: ["JKLPQRSTUXYZ", 800000, "ABCDEFGHJKLMNPQRSTUVWXYZ", 800000],
    B: ["ABCFGHJKLPQR", 2000000, "ABCDEFGHJKLMNPQRSTUVWXYZ", 800000],
    Y: ["RSTUXYZ", 1300000, "ABCDEFGHJKLMNP", 1300000],
    Z: ["ABCFGHJ", 2000000, "ABCDEFGHJKLMNP", 1300000],
  };
  function polar(lon, lat) {
    const [east, north] = ups(lon, lat).map((metres) => metres + HAIR);
    const band = lat < 0 ? (east < 2e6 ? "A" : "B") : (east < 2e6 ? "Y" : "Z");
    const [columns, west, rows, south] = POLAR[band];
    const column = columns[Math.floor((east - west) / 100000)];
    const row = rows[Math.floor((north - south) / 100000)];
    return `${band} ${column}${row} ${digits(east)} ${digits(north)}`;
  }
  function mgrs(lon, lat) {
    if (lat < -80 || lat > 84) return polar(lon, lat);
    const zone = zoneOf(lon, lat);
    const [east, north] = utm(lon, lat, zone).map((metres) => metres + HAIR);
    const band = "CDEFGHJKLMNPQRSTUVWX"[Math.min(19, Math.floor((lat + 80) / 8))];
    const column = LETTERS[((zone - 1) % 3) * 8 + Math.floor(east / 100000) - 1];
    const row = "ABCDEFGHJKLMNPQRSTUV"[(Math.floor(north / 100000) + (zone % 2 ? 0 : 5)) % 20];
    return `${wide(zone, 2)}${band} ${column}${row} ${digits(east)} ${digits(north)}`;
  }

  const STYLES = {
    ddm: (lon, lat) => `${ddm(lat, 2, "N", "S")} ${ddm(lon, 3, "E", "W")}`,
    dms: (lon, lat) => `${dms(lat, 2, "N", "S")} ${dms(lon, 3, "E", "W")}`,
    decimal: (lon, lat) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`,
    mgrs,
  };
  const STYLE = "cop-position-style";
  function style() {
    try { return localStorage.getItem(STYLE) in STYLES ? localStorage.getItem(STYLE) : "ddm"; } catch { return "ddm"; }
  }
  cop.geo = { leg, goFrom, line, ring, say, turned };
  cop.positions = {
    style,
    choose(name) { try { localStorage.setItem(STYLE, name); } catch { /* not remembered */ } },
    write: (lon, lat, name = style()) => STYLES[name](turned(lon), lat),
  };
})();
