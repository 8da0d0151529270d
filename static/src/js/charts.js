// Charts for staff pages only. <div class="chart" data-chart="bar|line|pie|map" data-source="id" role="img" aria-label="…">
// reads <script type="application/json" id="id">; a table with the same figures stands beside or below it.
// The SVG renderer and class names instead of inline styles keep to the strict content security policy.
import { BarChart, LineChart, MapChart, PieChart } from "echarts/charts";
import { GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, registerMap, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { onContent, all } from "./dom.js";

use([
  BarChart, LineChart, MapChart, PieChart,
  GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent,
  SVGRenderer,
]);

const TEAL = "#3b858f";
const INK = "#1f2329";
const INK_2 = "#4e5969";
const LINE = "#e5e6eb";
const SCALE = ["#dcebec", "#93c1c7", "#4b929b", "#2a7583"];
const NARROW = 480;
const DARK_FROM = 0.55; // from this share of the scale on, names are white
const PALETTE = ["#3b858f", "#6f9fd0", "#a9b665", "#7d7fb3", "#c9a45c", "#8a9199"];
// Lines that lie on one another stay apart: a wide one below with rings, a dark dashed one above with diamonds.
const LINES = [
  { color: "#4b98a3", type: "solid", width: 5, symbol: "emptyCircle", size: 11 },
  { color: "#7a3208", type: [7, 9], width: 2, symbol: "diamond", size: 8 },
  { color: "#5a5c9c", type: "dotted", width: 2, symbol: "triangle", size: 8 },
];
const FONT = getComputedStyle(document.documentElement).getPropertyValue("--font").trim() || "sans-serif";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

// `size` is how large the letters are on the big screen, and 0 on every other page.
const base = (size) => ({
  animation: !calm,
  animationDuration: 300,
  textStyle: { fontFamily: FONT, fontSize: size || 13, color: INK_2 },
});
const letters = (size, usual = 12) => size || usual;

/** A node, so that nothing passes through innerHTML. */
function tipNode(title, lines) {
  const box = document.createElement("div");
  box.className = "chart-tip";
  const strong = document.createElement("strong");
  strong.textContent = title;
  box.append(strong, ...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
  return box;
}

const tooltip = (formatter, trigger = "item") => ({
  trigger,
  confine: true,
  borderColor: LINE,
  backgroundColor: "#fff",
  padding: [8, 12],
  formatter,
});

function shown(value, unit = "", digits = unit === "%" ? 1 : 0) {
  if (value === null || value === undefined) return "–";
  return `${value.toLocaleString("zh-CN", { minimumFractionDigits: digits })}${unit}`;
}

const describe = (item, data) => tipNode(item.name, [`${data.name ?? ""} ${shown(item.value, data.unit)}`.trim(), ...(item.note ? [item.note] : [])]);

function barOption(data, size) {
  const items = [...data.items].reverse();
  return {
    ...base(size),
    grid: { left: 8, right: Math.max(56, size * 4.2), top: 8, bottom: 8, containLabel: true },
    tooltip: tooltip(({ dataIndex }) => describe(items[dataIndex], data)),
    xAxis: { type: "value", min: 0, max: data.max, show: false }, // a cut-off bar would lie
    yAxis: {
      type: "category",
      data: items.map((item) => item.name),
      axisLine: { show: false },
      axisTick: { show: false },
      // Every place has its name; a long one takes two lines.
      axisLabel: { color: INK, fontSize: letters(size), interval: 0, width: 9.5 * letters(size), overflow: "break" },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: letters(size, 14),
        itemStyle: { color: TEAL, borderRadius: [0, 3, 3, 0] },
        label: { show: true, position: "right", color: INK, fontSize: letters(size), formatter: ({ dataIndex }) => shown(items[dataIndex].value, data.unit) },
        data: items,
        cursor: items.some((item) => item.url) ? "pointer" : "default",
      },
    ],
  };
}

function lineOption(data, size) {
  return {
    ...base(size),
    color: LINES.map((line) => line.color),
    grid: { left: 8, right: Math.max(16, size), top: data.series.length > 1 ? Math.max(36, size * 2) : 16, bottom: 8, containLabel: true },
    legend: data.series.length > 1
      ? { top: 0, left: 0, itemWidth: Math.max(30, size * 2), itemHeight: 8, selectedMode: false, textStyle: { color: INK_2, fontSize: letters(size) } }
      : undefined,
    tooltip: tooltip(
      (points) => tipNode(points[0].axisValueLabel, points.map((point) => `${point.seriesName} ${shown(point.value, data.unit)}`)),
      "axis",
    ),
    xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, axisLabel: { color: INK_2, fontSize: letters(size), hideOverlap: true } },
    // Of visits and people there are no halves.
    yAxis: { type: "value", min: data.min, minInterval: data.unit === "%" ? 0 : 1, splitNumber: size ? 3 : 5, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK_2, fontSize: letters(size) } },
    series: data.series.map((series, at) => {
      const { type, width, symbol, size: symbolSize } = LINES[at % LINES.length];
      return { type: "line", name: series.name, data: series.values, symbol, symbolSize, lineStyle: { type, width } };
    }),
  };
}

function pieOption(data, size) {
  return {
    ...base(size),
    color: PALETTE,
    tooltip: tooltip(({ dataIndex }) => describe(data.items[dataIndex], data)),
    legend: {
      orient: "vertical",
      left: "54%",
      top: "middle",
      icon: "circle",
      itemWidth: 10,
      itemHeight: 10,
      itemGap: 12,
      selectedMode: false,
      textStyle: { color: INK },
      formatter: (name) => `${name}  ${shown(data.items.find((item) => item.name === name).value, data.unit)}`,
    },
    series: [
      {
        type: "pie",
        center: ["27%", "50%"],
        radius: ["50%", "78%"],
        itemStyle: { borderColor: "#fff", borderWidth: 2 },
        label: { show: false },
        data: data.items,
      },
    ],
  };
}

function mapOption(data, size, mapName, width) {
  // On a phone the scale lies below the map, not over its counties.
  const below = width < NARROW;
  const values = data.items.map((item) => item.value).filter((value) => typeof value === "number");
  const low = data.min ?? Math.floor(Math.min(...values));
  const high = data.max ?? Math.ceil(Math.max(...values));
  const nameColor = (value) => (high > low && (value - low) / (high - low) >= DARK_FROM ? "#fff" : INK);
  const byCode = new Map(data.items.map((item) => [item.code, item]));
  return {
    ...base(size),
    tooltip: tooltip(({ name }) => (byCode.has(name) ? describe(byCode.get(name), data) : null)),
    visualMap: {
      show: !size, // on the wall it would lie over the map; the table beside it has the numbers
      min: low,
      max: high > low ? high : low + 1,
      ...(below ? { orient: "horizontal", left: "center", bottom: 0 } : { left: 8, bottom: 8 }),
      itemWidth: 14,
      itemHeight: 90,
      text: [shown(high, data.unit, 0), shown(low, data.unit, 0)],
      textStyle: { color: INK_2 },
      inRange: { color: SCALE },
    },
    series: [
      {
        type: "map",
        map: mapName,
        nameProperty: "code",
        top: 12,
        bottom: below ? 40 : 12,
        // A name may be wider than its county.
        ...(size ? { left: 1.5 * size, right: 1.5 * size } : {}),
        selectedMode: false,
        itemStyle: { areaColor: "#eef0f2", borderColor: "#fff", borderWidth: 1.2 },
        emphasis: { itemStyle: { areaColor: null, borderColor: INK, borderWidth: 1.5 } },
        label: {
          show: true,
          fontSize: letters(size),
          color: INK_2,
          formatter: ({ name }) => byCode.get(name)?.name ?? "",
        },
        labelLayout: { hideOverlap: true },
        data: data.items.map((item) => ({
          ...item,
          name: item.code,
          label: { color: nameColor(item.value) },
          emphasis: { label: { color: nameColor(item.value) } },
        })),
      },
    ],
  };
}

async function optionFor(element, data) {
  const size = element.closest(".is-wall") ? parseFloat(getComputedStyle(element).fontSize) : 0;
  if (element.dataset.chart === "map") {
    const response = await fetch(element.dataset.mapUrl);
    if (!response.ok) throw new Error("no map");
    registerMap(element.dataset.mapUrl, await response.json());
    return mapOption(data, size, element.dataset.mapUrl, element.clientWidth);
  }
  return { bar: barOption, line: lineOption, pie: pieOption }[element.dataset.chart](data, size);
}

async function draw(element) {
  if (element.dataset.drawn) return;
  element.dataset.drawn = "1";
  const source = document.getElementById(element.dataset.source);
  if (!source) return;
  try {
    const data = JSON.parse(source.dataset.json);
    const option = await optionFor(element, data);
    // A county's two dozen villages need more room than the frame gives.
    if (element.dataset.chart === "bar" && !element.closest(".is-wall")) element.style.minHeight = `${data.items.length * 24 + 16}px`;
    const chart = init(element, null, { renderer: "svg" });
    // With its animation: whoever points at a place in it may wait for this.
    chart.on("finished", () => { element.dataset.drawn = "finished"; });
    chart.setOption(option);
    chart.on("click", ({ data }) => data?.url && location.assign(data.url));
    const watching = new ResizeObserver(() => {
      if (element.isConnected) return chart.resize();
      // The big screen puts a new one in its place every minute, for days.
      watching.disconnect();
      return chart.dispose();
    });
    watching.observe(element);
  } catch (error) {
    // The table beside it says the same; an empty frame would say nothing.
    element.hidden = true;
    element.dataset.drawn = "finished";
    console.warn("chart", error);
  }
}

onContent((root) => all(root, "[data-chart]").forEach(draw));
