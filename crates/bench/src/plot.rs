//! What was measured, as a picture: a bar for each subject, as long as the figure that counts, with the least and the
//! most over the rounds as a line.

use std::path::Path;

use plotters::drawing::IntoDrawingArea as _;
use plotters::element::{PathElement, Rectangle, Text};
use plotters::prelude::{RGBColor, SVGBackend};
use plotters::style::{Color as _, IntoFont as _};

use crate::Failed;
use crate::measure::RATE;
use crate::report::{Case, FigureSummary, rounded};

const WIDTH: i32 = 1000;
/// Where bars begin and how long the longest is.
const BARS: (i32, i32) = (150, 560);
const LINE: i32 = 20;
const TITLE: i32 = 26;

const BLACK: RGBColor = RGBColor(30, 30, 30);
/// The colours of the first subject, the second and so on.
const COLOURS: [RGBColor; 3] = [RGBColor(38, 110, 176), RGBColor(150, 150, 150), RGBColor(214, 126, 44)];

/// The figure of each subject that the case is about.
fn headline<'a>(case: &Case, figures: &'a [FigureSummary]) -> Option<&'a FigureSummary> {
    let compared = case.ratios.first().map_or(RATE, |ratio| ratio.figure);
    figures.iter().find(|summary| summary.name == compared).or(figures.first())
}

/// Draws it into a file.
pub(crate) fn draw(path: &Path, cases: &[Case]) -> Result<(), Failed> {
    let height =
        |case: &Case| TITLE + LINE * i32::try_from(case.subjects.len()).unwrap_or_default() + LINE / 2;
    let size = (WIDTH, cases.iter().map(height).sum::<i32>() + LINE);
    let area = SVGBackend::new(path, (size.0.unsigned_abs(), size.1.unsigned_abs())).into_drawing_area();
    let failed = |error: &dyn std::error::Error| format!("cannot draw {}: {error}", path.display());
    area.fill(&RGBColor(255, 255, 255)).map_err(|error| failed(&error))?;
    let (big, small) = (("sans-serif", 15).into_font(), ("sans-serif", 13).into_font());
    let mut top = LINE / 2;
    for case in cases {
        let title = format!("{}: {}", case.workload, case.title);
        area.draw(&Text::new(title, (10, top), big.color(&BLACK))).map_err(|error| failed(&error))?;
        let longest = case.subjects.iter().filter_map(|subject| headline(case, &subject.figures));
        let longest = longest.map(|summary| summary.spread.max).fold(f64::MIN_POSITIVE, f64::max);
        for (at, subject) in case.subjects.iter().enumerate() {
            let Some(summary) = headline(case, &subject.figures) else { continue };
            let y = top + TITLE + LINE * i32::try_from(at).unwrap_or_default();
            let x = |value: f64| BARS.0 + length(value / longest);
            let bar = [(BARS.0, y), (x(summary.spread.median), y + LINE - 6)];
            let colour = COLOURS[at % COLOURS.len()];
            let bar = Rectangle::new(bar, colour.filled());
            let middle = y + LINE / 2 - 3;
            let ends = vec![(x(summary.spread.min), middle), (x(summary.spread.max), middle)];
            let value = format!("{} {} ({})", rounded(summary.spread.median), summary.unit, summary.name);
            let value = Text::new(value, (x(summary.spread.max) + 8, y), small.color(&BLACK));
            let name = Text::new(subject.subject.clone(), (20, y), small.color(&BLACK));
            area.draw(&bar).map_err(|error| failed(&error))?;
            area.draw(&PathElement::new(ends, BLACK.stroke_width(1))).map_err(|error| failed(&error))?;
            area.draw(&value).and_then(|()| area.draw(&name)).map_err(|error| failed(&error))?;
        }
        top += height(case);
    }
    area.present().map_err(|error| failed(&error))?;
    Ok(())
}

/// How long a bar is, for a part of the longest.
#[expect(clippy::cast_possible_truncation, reason = "it is between 0 and the longest")]
fn length(part: f64) -> i32 {
    (part.clamp(0.0, 1.0) * f64::from(BARS.1)) as i32
}
