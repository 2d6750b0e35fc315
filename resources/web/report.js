// Snakemake's report, made readable: it begins with the answer, the method below it; figures come with caption and zoom; icons have
// names. Components of Snakemake 9.27 are extended by their names, which are checked before this is added.
"use strict";

{
  const NAMES = { eye: "show", "information-circle": "about", home: "start", x: "hide menu", menu: "show menu" };
  const pathOf = (file) => Object.keys(results).find((path) => path === file || path.endsWith(`/${file}`));
  const titleOf = (path) => Object.values(results[path]?.labels || {}).filter((label) => label !== "all").join(", ");

  // The result that a page of the run is about: figures/a.svg of pages/figures/a.html, tables/a.tsv of pages/tables/a.html
  function resultOf(page) {
    const stem = page.replace(/^pages\//, "").replace(/html$/, "");
    return Object.keys(results).find((path) => path.includes(`/${stem}`) || path.startsWith(stem));
  }

  function show(path) {
    if (!path) return;
    const content = results[path].mime_type === "text/html" ? "html" : "img";
    app.setView({ content, contentPath: results[path].data_uri, resultPath: path });
  }

  // Icons

  const icon = Icon.prototype.render;
  Icon.prototype.render = function () {
    return React.cloneElement(icon.call(this), { "data-icon": this.props.iconName, "aria-hidden": true });
  };

  function named(link) {
    const own = link.querySelector("[data-icon]");
    if (!own || link.textContent.trim()) return;
    const row = link.closest("tr")?.cells[0]?.textContent;
    const name = NAMES[own.dataset.icon] || own.dataset.icon;
    link.setAttribute("aria-label", row ? `${name}: ${row}` : name);
    link.title = name;
  }

  function repair() {
    document.querySelectorAll("#app a").forEach(named);
    document.querySelectorAll("#app nav input").forEach((input) => input.setAttribute("aria-label", "Search all results"));
    document.querySelectorAll("#app a[type]").forEach((link) => link.removeAttribute("type"));
    document.querySelectorAll("#app img:not([alt])").forEach((image) => { image.alt = ""; });
    document.querySelectorAll("#app nav th:empty").forEach((head) => { head.textContent = "\u00a0"; });
    for (const box of document.querySelectorAll("#app nav, #app > div > div:not(.fixed)")) {
      if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
    }
    document.querySelector("#app nav")?.setAttribute("aria-label", "Results");
    document.querySelector("#app > div > div:last-child")?.setAttribute("role", "main");
  }

  // The first page

  class Start extends React.Component {
    componentDidMount() {
      const start = document.querySelector(".start");
      for (const image of start.querySelectorAll("img[data-result]")) {
        const path = pathOf(image.dataset.result);
        if (path) image.src = results[path].data_uri;
        else image.closest("figure").remove();
      }
      start.addEventListener("click", (event) => {
        const link = event.target.closest("a[href^='pages/']");
        if (!link) return;
        event.preventDefault();
        show(resultOf(link.getAttribute("href")));
      });
    }

    render() {
      return e("div", { className: "start" },
        e("div", { key: "answer", dangerouslySetInnerHTML: { __html: start_page } }),
        e("h2", { key: "heading", id: "method" }, "Method"),
        e("div", { key: "method", dangerouslySetInnerHTML: { __html: workflow_desc } }),
        e("h2", { key: "rules" }, "Rules of the workflow"),
        e("div", { key: "graph", className: "rules", tabIndex: 0, role: "region", "aria-label": "Rules" },
          e(RuleGraph, { setView: this.props.setView })));
    }
  }

  // A figure with its caption

  class Picture extends React.Component {
    constructor(props) {
      super(props);
      this.state = { large: false };
    }

    componentDidMount() {
      const picture = document.querySelector(".picture");
      if (picture.getBoundingClientRect().top > 200) picture.scrollIntoView(); // below the menu, on a narrow screen
    }

    render() {
      const entry = results[this.props.path];
      const change = () => this.setState({ large: !this.state.large });
      return e("figure", { className: "picture" },
        e("div", { key: "box", className: "box", tabIndex: 0, role: "region", "aria-label": "Figure" },
          e("button", { type: "button", "aria-pressed": this.state.large, onClick: change,
            title: this.state.large ? "fit into the window" : "enlarge" },
          e("img", { src: entry.data_uri, alt: titleOf(this.props.path) }))),
        e("figcaption", { key: "caption", dangerouslySetInnerHTML: { __html: entry.caption } }));
    }
  }

  const shown = ContentDisplay.prototype.renderContent;
  ContentDisplay.prototype.renderContent = function () {
    const { content, resultPath } = this.props.app.state;
    const atStart = content === "rulegraph" || (content === "metadata" && !Object.keys(metadata).length);
    if (atStart) return e(Start, { setView: this.props.app.setView });
    if (content === "img") return e(Picture, { key: resultPath, path: resultPath });
    const other = shown.call(this);
    return other?.type === "iframe" ? React.cloneElement(other, { title: titleOf(resultPath) }) : other;
  };

  new MutationObserver(repair).observe(document.querySelector("#app"), { childList: true, subtree: true });
  if (app) app.forceUpdate();
  repair();
}
