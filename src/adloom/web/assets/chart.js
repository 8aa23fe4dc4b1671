// Draws every element that names a chart: its specification is fetched from this server, and nothing is evaluated.
const OPTIONS = {
  ast: true, // expressions are interpreted, so that the page needs no 'unsafe-eval'
  actions: false,
  defaultStyle: false,
  renderer: "svg",
  tooltip: { disableDefaultStyle: true },
};

async function draw(element) {
  try {
    const answer = await fetch(element.dataset.chart, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`the chart's data answered ${answer.status}`);
    await window.vegaEmbed(element, await answer.json(), OPTIONS);
    element.dataset.drawn = "yes";
  } catch (error) {
    element.textContent = "The chart could not be drawn. The table below has the same figures.";
    element.classList.add("failed");
    console.error(error);
  }
}

document.querySelectorAll("[data-chart]").forEach(draw);
